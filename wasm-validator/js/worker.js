// The module worker behind client.js in browsers.
import { check, init, isWorkbook, loadXlsx, Sheet, verdicts } from "./index.js";
import { serve } from "./protocol.js";

const answer = serve({ check, init, isWorkbook, loadXlsx, Sheet, verdicts }, (message, transfer) => self.postMessage(message, transfer));
self.addEventListener("message", (event) => answer(event.data));
