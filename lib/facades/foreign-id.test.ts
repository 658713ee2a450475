import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { type ForeignId, inForeignConversation, messageKeyOf } from "./foreign-id.ts";

const foreign: ForeignId = { owner: "anna", protocol: "ai-sdk", id: "chat-1", field: "id" };
const uuid = "0195C2A6-8d3e-7c44-9d5b-6a4f1e2d3c4b";

/** Returns the ids that a client's request tries, if the owner has only these conversations. */
async function triedIds(changes: Partial<ForeignId>, known = (_: string) => true) {
  const tried: string[] = [];
  await inForeignConversation({ ...foreign, ...changes }, async (id) => {
    tried.push(id);
    if (!known(id)) throw new HttpProblem("not_found", 404, "Not yours.");
  }).catch(() => {});
  return tried;
}
const idOf = async (changes: Partial<ForeignId>) => (await triedIds(changes)).join();

describe("a foreign id", () => {
  it("is a UUID of version 8, the same for the same owner, protocol and id", async () => {
    const id = await idOf({});
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await idOf({})).toBe(id);
    const others = [{ owner: "ben" }, { protocol: "openai" }, { id: "chat-2" }] as const;
    const ids = await Promise.all([{}, ...others].map(idOf));
    expect(new Set(ids).size).toBe(4);
  });

  it("differs wherever owner and id are cut between them", async () => {
    const part = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(part, part, part, async (one, two, three) => {
        const left = await idOf({ owner: one, id: two + three });
        expect(await idOf({ owner: one + two, id: three })).not.toBe(left);
      }),
      { numRuns: 25 },
    );
  });

  it("is a UUID of the client itself, in lower case", async () => {
    expect(await triedIds({ id: uuid })).toEqual([uuid.toLowerCase()]);
  });

  it("is another conversation if its UUID is somebody else's", async () => {
    const tried = await triedIds({ id: uuid }, (id) => id !== uuid.toLowerCase());
    expect(tried).toEqual([uuid.toLowerCase(), expect.stringMatching(/^.{14}8/)]);
  });

  it("is not tried again after another problem", async () => {
    const full = new HttpProblem("queue_full", 409, "Full.");
    const request = inForeignConversation({ ...foreign, id: uuid }, () => Promise.reject(full));
    await expect(request).rejects.toBe(full);
  });

  it.each(["", "x".repeat(201)])("must have 1 to 200 characters (%#)", async (id) => {
    const request = inForeignConversation({ ...foreign, id }, async () => {});
    await expect(request).rejects.toMatchObject({ status: 400, field: "id" });
  });
});

it("a message's key depends on protocol, conversation and message", () => {
  const keys = [
    messageKeyOf("ai-sdk", "c", "m"),
    messageKeyOf("ag-ui", "c", "m"),
    messageKeyOf("ai-sdk", "d", "m"),
    messageKeyOf("ai-sdk", "c", "n"),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(keys[0]).toMatch(/^ai-sdk:[0-9a-f]{64}$/);
});
