// The validator in a worker of its own, for pages: every method returns a promise.
import { connect } from "./protocol.js";

export const { prepare, check, verdicts, openSheet, close } = connect(({ message, failed }) => {
  // Bundlers recognise this very form and bring the worker along.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "rollcall-validator" });
  worker.addEventListener("message", (event) => message(event.data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    failed(new Error(event.message || "the validator's worker could not be started"));
  });
  worker.addEventListener("messageerror", () => failed(new Error("a message of the validator's worker could not be read")));
  return worker;
});
