import { randomBytes } from "node:crypto";
import { createSessions } from "#lib/auth/sessions.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "./memory-revocations.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

/** Returns what a route of documents needs beside the store, in memory, and the header of somebody who is logged in. */
export async function documentRoute() {
  const { telemetry, lines } = recordingTelemetry();
  const key = { kid: "1", key: randomBytes(32).toString("hex") };
  const sessions = createSessions({
    tokenKeys: async () => ({ keys: [key], epoch: 1 }),
    revocations: memoryRevocations().revocations,
    devices: memoryDevices().devices,
    secureCookie: true,
    telemetry,
  });
  const rules = bucketRules({ chatRequestsPerMinute: 10, conversationRequestsPerMinute: 60 });
  const { session } = await sessions.issue({ use: "cookie" });
  const { token } = await sessions.issueProgramToken(session);
  return {
    dependencies: {
      ...{ telemetry, sessions, publicOrigin: undefined },
      bucket: createBucket({ ...rules.conversations, store: createMemoryBucketStore(), telemetry }),
      addressOf: async () => "somebody",
      keys: { find: async () => undefined },
      keyFailures: createBucket({
        ...{ ...rules.keyFailures, store: createMemoryBucketStore(), telemetry },
      }),
      settings: {
        isOn: true,
        fileBytes: 1,
        owner: { bytes: 1, count: 1 },
        site: { bytes: 1, count: 1 },
      },
    },
    headers: { authorization: `bearer ${token}` },
    lines,
  };
}
