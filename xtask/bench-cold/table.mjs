// A DynamoDB over TLS in which there is nothing: what is asked for is not there, what is to be changed neither. It
// answers at once, so that what is measured is the function. Prints its port.

import { readFileSync } from "node:fs";
import https from "node:https";

const [key, certificate] = process.argv.slice(2).map((file) => readFileSync(file));
const server = https.createServer({ key, cert: certificate }, (request, response) => {
  const action = (request.headers["x-amz-target"] ?? "").split(".").pop();
  request.resume().on("end", () => {
    const missing = action === "UpdateItem";
    const body = missing
      ? '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}'
      : "{}";
    response.writeHead(missing ? 400 : 200, { "Content-Type": "application/x-amz-json-1.0", "Content-Length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
