// The loop of the runtime, with nothing but Node: less than the managed runtime does.

import http from "node:http";
import { handler } from "./index.mjs";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}` }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () => resolve({ id: response.headers["lambda-runtime-aws-request-id"], text }));
    });
    request.on("error", reject).end(body);
  });
}

for (;;) {
  const { id, text } = await call("GET", "invocation/next");
  await call("POST", `invocation/${id}/response`, JSON.stringify(await handler(JSON.parse(text))));
}
