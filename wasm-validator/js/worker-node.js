// The worker thread behind client-node.js.
import { parentPort } from "node:worker_threads";
import { check, init, Sheet } from "./node.js";
import { serve } from "./protocol.js";

const answer = serve({ init, Sheet, check }, (message, transfer) => parentPort.postMessage(message, transfer));
parentPort.on("message", answer);
