import { afterEach, expect, it, vi } from "vitest";
import { sendImports, toRequest } from "./send-imports.ts";

afterEach(() => vi.unstubAllGlobals());

const conversation = (title: string) => ({ title, turns: [{ message: "Hi", text: "" }] });
const stored = { conversation_id: "11111111-1111-4111-8111-111111111111" };

/** Answers each import with what its title says: "stored", or the status and type of a problem. */
function serve() {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (_path: string, { body }: { body: string }) => {
    const { title } = JSON.parse(body);
    sent.push(title);
    const [status, type] = title.split(" ");
    if (status === "stored") return Response.json(stored);
    const problem = { type, title: "", status: Number(status), detail: "", request_id: "r" };
    return Response.json(problem, { status: Number(status) });
  });
  return sent;
}

const send = (titles: string[]) =>
  sendImports(titles.map(conversation), "Untitled", new AbortController().signal, () => {});

it("conversations that are too long are counted and do not stop the others", async () => {
  serve();
  const titles = ["stored 1", "413 payload_too_large", "400 bad_request", "stored 2"];
  expect(await send(titles)).toEqual({ done: 4, total: 4, refused: 2, isWaiting: false });
});

it("nothing more is sent once the storage is full", async () => {
  const sent = serve();
  await expect(send(["stored 1", "413 storage_full", "stored 2"])).rejects.toMatchObject({
    type: "storage_full",
  });
  expect(sent).toEqual(["stored 1", "413 storage_full"]);
});

it("a text that cannot be stored is mended, and a blank title or message gets another", () => {
  const turns = [
    { message: " \n", text: "a\u0000b" },
    { message: "half \ud800", text: "", parent: 0 },
  ];
  expect(toRequest({ title: " \n ", turns }, "Untitled")).toEqual({
    title: "Untitled",
    turns: [
      { message: "…", text: "ab", parent: null },
      { message: "half \ufffd", text: "", parent: 0 },
    ],
  });
  const { title } = toRequest({ title: `Two\nlines ${"😀".repeat(300)}`, turns }, "Untitled");
  expect(title).toMatch(/^Two lines 😀+$/u);
  expect(title.length).toBeLessThanOrEqual(200);
});
