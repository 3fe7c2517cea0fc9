// The validator in a worker thread, for Node: every method returns a promise.
import { Worker } from "node:worker_threads";
import { connect } from "./protocol.js";

export const { prepare, check, verdicts, openSheet, close } = connect(({ message, failed }) => {
  const worker = new Worker(new URL("./worker-node.js", import.meta.url), { name: "rollcall-validator" });
  worker.on("message", message);
  worker.on("error", failed);
  return worker;
});
