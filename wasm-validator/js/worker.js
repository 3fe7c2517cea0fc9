// The module worker behind client.js in browsers.
import { init, Sheet, check } from "./index.js";
import { serve } from "./protocol.js";

const answer = serve({ init, Sheet, check }, (message, transfer) => self.postMessage(message, transfer));
self.addEventListener("message", (event) => answer(event.data));
