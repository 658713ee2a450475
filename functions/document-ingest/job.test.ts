import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createDocumentIngest } from "./job.ts";

const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 900_000 };
const documentId = "11111111-2222-4333-8444-555555555555";
const versionId = "22222222-2222-4333-8444-555555555555";

/** Runs the job on a store that only notes which versions it is to begin. */
async function begunBy(event: unknown) {
  const begun: unknown[] = [];
  const { telemetry, lines, flushes } = recordingTelemetry();
  const job = createDocumentIngest({
    telemetry,
    ingestions: {
      begin: async ({ worstTimeCost: _, modelId: __, ...input }: Record<string, unknown>) => {
        begun.push(input);
        return { outcome: "done" };
      },
    },
    price: { ofTime: () => 0, ofTokens: () => 0, worstOfBytes: () => 0 },
  } as unknown as Parameters<typeof createDocumentIngest>[0]);
  const failure = await job(event, context).then(
    () => undefined,
    (error: Error) => error.name,
  );
  return { begun, failure, lines: lines.map(({ event: name }) => name), flushes: flushes() };
}

const upload = (key: string, eventName = "ObjectCreated:Post") => ({
  Records: [{ eventName, eventSource: "aws:s3", s3: { object: { key, size: 7 } } }],
});

it.each([
  ["an upload", upload(`documents/${documentId}/${versionId}`), { documentId, isUploaded: true }],
  [
    "an upload with an encoded key",
    upload(encodeURIComponent(`documents/${documentId}/${versionId}`)),
    { documentId, isUploaded: true },
  ],
  ["a version", { version_id: versionId }, { isUploaded: false }],
])("%s is begun", async (_, event, input) => {
  expect(await begunBy(event)).toEqual({
    begun: [{ versionId, ...input }],
    failure: undefined,
    lines: [],
    flushes: 1,
  });
});

it("the event with which S3 tests a notification does nothing", async () => {
  const event = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "documents" };
  expect(await begunBy(event)).toMatchObject({ begun: [], failure: undefined });
});

it.each([
  [undefined],
  [{}],
  [{ version_id: "1" }],
  [{ version_id: versionId, more: 1 }],
  [upload("documents/1/2")],
  [upload(`other/${documentId}/${versionId}`)],
  [upload(`documents/${documentId}/${versionId}/x`)],
  [upload(`documents/${documentId}/${versionId}`, "ObjectRemoved:Delete")],
])("the event %j is refused, so that it is seen", async (event) => {
  const { begun, failure, lines } = await begunBy(event);
  expect([begun, failure, lines]).toEqual([[], "ValiError", ["document.not_read"]]);
});
