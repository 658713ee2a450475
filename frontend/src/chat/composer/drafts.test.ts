import { beforeEach, describe, expect, it, vi } from "vitest";

const here = "11111111-1111-4111-8111-111111111111";
const message = { key: "key-1", text: "Hello", after: "turn" };
const draft = (text: string) => ({ text, key: null, edits: {} });

/** Replaces the tab's storage with one that rejects values of more than `room` characters. */
function openTab(room = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => kept.delete(key),
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  });
}

/** Returns the drafts of a freshly loaded page. */
async function load() {
  vi.resetModules();
  return (await import("./drafts.ts")).drafts;
}

beforeEach(() => openTab());

describe("drafts", () => {
  it("belong to one conversation and survive a reload", async () => {
    (await load()).write(here, draft("Half a"));
    const drafts = await load();
    expect(drafts.read(here).text).toBe("Half a");
    expect(drafts.read(null).text).toBe("");
  });

  it("restore a message with its key, so that a second send does not double it", async () => {
    const drafts = await load();
    drafts.restore(here, [message]);
    expect(drafts.read(here)).toEqual({ ...message, edits: {} });
  });

  it("restore several messages in order, before text typed since", async () => {
    const drafts = await load();
    drafts.write(here, draft("typed"));
    drafts.restore(here, [message, { key: "key-2", text: "More" }]);
    expect(drafts.read(here)).toEqual(draft("Hello\n\nMore\n\ntyped"));
  });

  it("restore an edited message into the editor of its turn", async () => {
    const drafts = await load();
    drafts.write(here, draft("typed"));
    drafts.restore(here, [{ ...message, edits: "turn-2" }]);
    const edits = { "turn-2": { text: "Hello", key: "key-1" } };
    expect(drafts.read(here)).toEqual({ ...draft("typed"), edits });
    expect((await load()).read(here)).toEqual({ ...draft("typed"), edits });
  });

  it("keep the edits of several messages beside the text of the composer", async () => {
    const drafts = await load();
    drafts.writeEdit(here, "turn-1", { text: "one", key: null });
    drafts.writeEdit(here, "turn-2", { text: "two", key: null });
    drafts.restore(here, [message]);
    drafts.writeEdit(here, "turn-1", null);
    expect((await load()).read(here)).toEqual({
      ...message,
      edits: { "turn-2": { text: "two", key: null } },
    });
  });

  it("move with a new conversation to its id without losing text", async () => {
    const drafts = await load();
    drafts.write(null, draft("new"));
    drafts.move(null, here);
    expect([drafts.read(null).text, drafts.read(here).text]).toEqual(["", "new"]);
    drafts.write(null, draft("newer"));
    drafts.move(null, here);
    expect(drafts.read(here).text).toBe("new\n\nnewer");
  });

  it("survive until the next reload if they are too long for the tab's storage", async () => {
    openTab(100);
    const drafts = await load();
    drafts.write(here, draft("x".repeat(200)));
    expect(drafts.read(here).text).toHaveLength(200);
    expect((await load()).read(here).text).toBe("");
  });

  it("are empty after clear", async () => {
    (await load()).write(here, draft("private"));
    const drafts = await load();
    drafts.clear();
    expect(drafts.read(here).text).toBe("");
    expect((await load()).read(here).text).toBe("");
  });
});
