// The worker thread behind client-node.js.
import { parentPort } from "node:worker_threads";
import { check, init, isWorkbook, loadXlsx, Sheet, verdicts } from "./node.js";
import { serve } from "./protocol.js";

const answer = serve({ check, init, isWorkbook, loadXlsx, Sheet, verdicts }, (message, transfer) => parentPort.postMessage(message, transfer));
parentPort.on("message", answer);
