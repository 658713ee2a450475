import { expect, it } from "vitest";
import { documentRoute } from "#test/support/document-route.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { documentOf } from "#test/support/seeded-documents.ts";
import { createDocumentUpdate } from "./route.ts";

const document = documentOf(1, "Plan.txt");

/** Sends a change to a document, whose file has to be read again or not. */
async function update({ reads = true, isLambdaDown = false } = {}) {
  const { dependencies, headers } = await documentRoute();
  const sent: unknown[] = [];
  const handler = createDocumentUpdate({
    ...dependencies,
    documents: { update: async () => ({ outcome: "changed", reads, document }) },
    async sendIngestion(event) {
      if (isLambdaDown) throw new Error("Lambda returned 503");
      sent.push(event);
    },
  });
  const params = { id: document.id };
  const event = gatewayEvent({ method: "PATCH", params, headers, body: { retry: true } });
  return { response: await invoke(handler, event), sent };
}

it("sends one event for a file that has to be read again, and none for another change", async () => {
  const again = await update();
  expect(again.response.statusCode).toBe(200);
  expect(again.sent).toEqual([{ version_id: document.version_id }]);
  expect((await update({ reads: false })).sent).toEqual([]);
});

it("returns a 503 if Lambda does not accept the event, so that the client sends the request again", async () => {
  const { response } = await update({ isLambdaDown: true });
  expect([response.statusCode, response.headers["retry-after"]]).toEqual([503, "5"]);
});
