import { beforeEach, describe, expect, it, vi } from "vitest";

const here = "11111111-1111-4111-8111-111111111111";
const message = { key: "key-1", text: "Hello", replaces: "turn" };

/** The tab's storage, with room for so many characters. */
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

/** What a page has after it was loaded. */
async function load() {
  vi.resetModules();
  return (await import("./drafts.ts")).drafts;
}

beforeEach(() => openTab());

describe("drafts", () => {
  it("belong to their conversation and outlive a reload", async () => {
    (await load()).write(here, { text: "Half a", key: null });
    const drafts = await load();
    expect(drafts.read(here).text).toBe("Half a");
    expect(drafts.read(null).text).toBe("");
  });

  it("take a message back as it was, so that sending it again does not double it", async () => {
    const drafts = await load();
    drafts.restore(here, [message]);
    expect(drafts.read(here)).toEqual(message);
  });

  it("take several back in order, before what has been typed since", async () => {
    const drafts = await load();
    drafts.write(here, { text: "typed", key: null });
    drafts.restore(here, [message, { key: "key-2", text: "More" }]);
    expect(drafts.read(here)).toEqual({ text: "Hello\n\nMore\n\ntyped", key: null });
  });

  it("take an edited message back as an edit, and set aside what has been typed since", async () => {
    const drafts = await load();
    drafts.write(here, { text: "typed", key: null });
    drafts.restore(here, [message]);
    expect(drafts.read(here)).toEqual({ ...message, aside: "typed" });
  });

  it("go with a conversation that gets its name, and lose nothing that is there", async () => {
    const drafts = await load();
    drafts.write(null, { text: "new", key: null });
    drafts.move(null, here);
    expect([drafts.read(null).text, drafts.read(here).text]).toEqual(["", "new"]);
    drafts.write(null, { text: "newer", key: null });
    drafts.move(null, here);
    expect(drafts.read(here).text).toBe("new\n\nnewer");
  });

  it("that are too long for the tab's storage are kept as long as the page is", async () => {
    openTab(100);
    const drafts = await load();
    drafts.write(here, { text: "x".repeat(200), key: null });
    expect(drafts.read(here).text).toHaveLength(200);
    expect((await load()).read(here).text).toBe("");
  });

  it("are gone for whoever comes next", async () => {
    (await load()).write(here, { text: "private", key: null });
    const drafts = await load();
    drafts.clear();
    expect(drafts.read(here).text).toBe("");
    expect((await load()).read(here).text).toBe("");
  });
});
