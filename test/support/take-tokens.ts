/**
 * A process that takes tokens from buckets that it shares with other processes. Arguments:
 * `<endpoint> <clock skew in ms> <requests> <keys>`. Sends "ready", waits for a message, takes the tokens, and sends the
 * number of tokens per key.
 */
import { once } from "node:events";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { patientDynamoDb, tableName } from "./rate-limit-table.ts";

const [endpoint = "", skewMs, requests, keys] = process.argv.slice(2);
const client = patientDynamoDb(endpoint);
const store = createDynamoDbBucketStore({ client, tableName });
const admitted = Array<number>(Number(keys)).fill(0);
let next = 0;

async function takeUntilDone(): Promise<void> {
  while (next < Number(requests)) {
    const key = next % admitted.length;
    next += 1;
    const nowMs = Date.now() + Number(skewMs);
    const taken = await store.take(`process#${key}`, { capacity: 10, windowMs: 60_000 }, nowMs);
    if (taken.admitted) admitted[key] = (admitted[key] ?? 0) + 1;
  }
}

process.send?.("ready");
await once(process, "message");
await Promise.all(Array.from({ length: 16 }, takeUntilDone));
client.destroy();
process.send?.(admitted);
process.disconnect?.();
