import { expect, it } from "vitest";
import { documentRoute } from "#test/support/document-route.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { seededId } from "#test/support/seeded-documents.ts";
import { createDocumentDelete } from "./route.ts";

/** Deletes a document that has one version, or that the owner does not see. */
async function remove({ isSeen = true, isS3Down = false } = {}) {
  const { dependencies, headers, lines } = await documentRoute();
  const done: string[] = [];
  const handler = createDocumentDelete({
    ...dependencies,
    documents: {
      beginDeletion: async () => (isSeen ? ["version"] : undefined),
      async deleteRows() {
        done.push("rows");
        return true;
      },
    },
    objects: {
      async remove(key) {
        if (isS3Down) throw new Error("S3 returned 503");
        done.push(key);
      },
    },
  });
  const event = gatewayEvent({ method: "DELETE", params: { id: seededId(1) }, headers });
  const { statusCode } = await invoke(handler, event);
  return { statusCode, done, events: lines.map((line) => line.event) };
}

it("deletes the objects and then the rows", async () => {
  const { statusCode, done } = await remove();
  expect([statusCode, done]).toEqual([204, [`documents/${seededId(1)}/version`, "rows"]]);
});

it("returns a 204 though S3 fails, because nobody sees the document any more, and logs that work is left", async () => {
  const { statusCode, done, events } = await remove({ isS3Down: true });
  expect([statusCode, done]).toEqual([204, []]);
  expect(events).toContain("document.deletion_continues");
});

it("removes nothing of a document that the owner does not see", async () => {
  const { statusCode, done } = await remove({ isSeen: false });
  expect([statusCode, done]).toEqual([404, []]);
});
