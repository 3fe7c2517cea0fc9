// The function get-me as one would write it for Node 20 with the AWS SDK v3: who calls, by their key.

import { createHash } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler(event) {
  const key = (event.headers.Authorization ?? "").replace(/^Bearer /, "");
  const hash = createHash("sha256").update(key).digest("hex");
  const found = await client.send(
    new GetCommand({ TableName: process.env.ROLLCALL_TABLE, Key: { pk: `APIKEY#${hash}`, sk: "APIKEY" }, ConsistentRead: true }),
  );
  if (!found.Item) {
    return { statusCode: 401, headers: { "Content-Type": "application/problem+json" }, body: '{"code":"not_authenticated"}' };
  }
  return { statusCode: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(found.Item) };
}
