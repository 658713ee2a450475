import { afterEach, expect, it, vi } from "vitest";
import { turnState } from "#test/support/turn-state.ts";
import { type ExportProgress, exportConversations } from "./export-conversations.ts";

const turn = turnState({ status: "done", result: "Hi." });
const idOf = (number: number) => `d0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const listed = (number: number) => ({
  ...{ id: idOf(number), title: `Talk ${number}`, pinned: false, archived: false },
  ...{ created_at: turn.created_at, updated_at: turn.created_at },
});
const refusal = {
  ...{ type: "rate_limited", title: "Too many requests", status: 429, detail: "Wait." },
  request_id: "r",
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Answers as the service does: talk 1 is pinned, 2 and 3 are on two pages, 4 is archived, and 3 is deleted after the list. */
function serve(refuse: () => boolean = () => false) {
  vi.stubGlobal("fetch", async (path: string) => {
    if (refuse()) return Response.json(refusal, { status: 429, headers: { "retry-after": "42" } });
    const { pathname, searchParams } = new URL(path, "http://localhost");
    const id = pathname.split("/")[4];
    if (id === idOf(3))
      return Response.json({ ...refusal, type: "not_found", status: 404 }, { status: 404 });
    if (id !== undefined) {
      const number = Number(id.slice(-2));
      const more = { head: null, settings: {}, open_turns: [], turns: [turn] };
      return Response.json({ ...listed(number), ...more, earlier_cursor: null });
    }
    const isSecond = searchParams.has("cursor");
    if (searchParams.has("archived"))
      return Response.json({ conversations: [listed(4)], next_cursor: null });
    return Response.json({
      pinned: isSecond ? [] : [listed(1)],
      conversations: [listed(isSecond ? 3 : 2)],
      next_cursor: isSecond ? null : "more",
    });
  });
}

it("an export has pinned, other and archived conversations once, and leaves out what was deleted meanwhile", async () => {
  serve();
  const progress: ExportProgress[] = [];
  const { parts, count } = await exportConversations(new AbortController().signal, (now) =>
    progress.push(now),
  );
  const file = JSON.parse(await new Blob(parts).text());
  expect(file.conversations.map(({ title }: { title: string }) => title)).toEqual([
    "Talk 1",
    "Talk 2",
    "Talk 4",
  ]);
  expect(file.conversations[0].turns[0].result).toBe("Hi.");
  expect(count).toBe(3);
  expect(progress.at(-1)).toEqual({ done: 4, total: 4, isWaiting: false });
});

it("an export waits for the rate limit, and ends at once when the person cancels", async () => {
  vi.useFakeTimers();
  let refusals = 1;
  serve(() => refusals-- > 0);
  const seen: ExportProgress[] = [];
  const { signal } = new AbortController();
  const whole = exportConversations(signal, (now) => seen.push(now));
  await vi.advanceTimersByTimeAsync(41_000);
  expect(seen.at(-1)?.isWaiting).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await whole).count).toBe(3);

  serve(() => true);
  const cancelling = new AbortController();
  const cancelled = exportConversations(cancelling.signal, () => {});
  const reason = expect(cancelled).rejects.toThrow("aborted");
  await vi.advanceTimersByTimeAsync(1_000);
  cancelling.abort();
  await reason;
});
