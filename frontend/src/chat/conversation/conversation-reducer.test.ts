import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import { endOfTurnId, type StreamEvent } from "#lib/contract/stream-event.ts";
import { type ConversationAction, reduceConversation } from "./conversation-reducer.ts";
import {
  countUnanswered,
  firstOpenTurn,
  firstReadTurn,
  isSummarisedAbove,
} from "./conversation-selectors.ts";
import { type Conversation, emptyConversation } from "./conversation-state.ts";
import { shownAnswer } from "./outdated-answer.ts";

const conversationId = "11111111-1111-4111-8111-111111111111";
const turnId = "22222222-2222-4222-8222-222222222222";
const otherTurnId = "33333333-3333-4333-8333-333333333333";
const usage = {
  input_tokens: 3,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 5,
  cost_usd: null,
};

const fold = (actions: ConversationAction[], from: Conversation = emptyConversation) =>
  actions.reduce(reduceConversation, from);
const event = (told: StreamEvent): ConversationAction => ({ type: "event", event: told });
const events = (...told: StreamEvent[]) => told.map(event);

const begin = (id = turnId, attempt = 1, replaces: string | null = null): StreamEvent => ({
  event: "turn",
  data: { conversation_id: conversationId, turn_id: id, attempt, replaces },
  id,
});
const snapshot = (text = "", tools: ToolCall[] = []): StreamEvent => ({
  event: "snapshot",
  data: { text, tools },
});
const delta = (text: string): StreamEvent => ({ event: "delta", data: { text } });
const done = (
  text: string,
  id = turnId,
  changes: Partial<Extract<StreamEvent, { event: "done" }>["data"]> = {},
): StreamEvent => ({
  event: "done",
  data: {
    turn_id: id,
    text,
    model: "demo-model",
    usage,
    remarks: [],
    history_from: id,
    summarised_until: null,
    duration_ms: 10,
    ...changes,
  },
  id: endOfTurnId(id),
});
const failure = (retryable: boolean): StreamEvent => ({
  event: "error",
  data: {
    type: "model_failed",
    title: "Model failed",
    status: 502,
    detail: "The model could not answer.",
    request_id: "r",
    retryable,
  },
});

const sentAt = "2026-01-01T00:00:00Z";
const sent: ConversationAction = { type: "sent", message: { key: "key-1", text: "Hello" } };
const accepted = (changes: { status?: TurnState["status"] } = {}): ConversationAction => ({
  type: "accepted",
  message: { key: "key-1", text: "Hello" },
  accepted: {
    conversation_id: conversationId,
    turn_id: turnId,
    status: "queued",
    replayed: false,
    stream_url: "/",
    ...changes,
  },
  at: sentAt,
});
const state = (changes: Partial<TurnState> = {}): TurnState => ({
  turn_id: turnId,
  conversation_id: conversationId,
  status: "running",
  attempt: 1,
  message: "Hello",
  replaces: null,
  partial: null,
  result: null,
  tools: [],
  error: null,
  usage: null,
  model: null,
  remarks: [],
  history_from: null,
  summarised_until: null,
  summary_usage: null,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
  ...changes,
});
const transcript = (...turns: TurnState[]): ConversationAction => ({
  type: "transcript",
  conversation: {
    id: conversationId,
    title: "Hello",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    turns,
    earlier_cursor: null,
  },
});

describe("a message", () => {
  it("waits in the outbox until it is accepted, and then is the same item of the page", () => {
    const waiting = fold([sent]);
    expect(waiting.outbox).toEqual([{ key: "key-1", text: "Hello" }]);
    const { id, outbox, turns } = fold([accepted()], waiting);
    expect({ id, outbox }).toEqual({ id: conversationId, outbox: [] });
    expect(turns).toMatchObject([{ key: "key-1", id: turnId, message: "Hello", status: "queued" }]);
  });

  it("that is refused leaves the page with all that waited behind it", () => {
    const second: ConversationAction = { type: "sent", message: { key: "key-2", text: "More" } };
    expect(fold([sent, second, { type: "returned" }])).toEqual(emptyConversation);
  });

  it("whose stream was faster than its acceptance is shown once", () => {
    const { turns } = fold([sent, ...events(begin(), delta("Hi")), accepted()]);
    expect(turns).toMatchObject([{ id: turnId, message: "Hello", text: "Hi", status: "running" }]);
  });
});

describe("the events of a turn", () => {
  it("append deltas, replace tools by id, and end with what was committed", () => {
    const tool = { id: "t", name: "calculator" };
    const { turns, streamingTurnId } = fold([
      accepted(),
      ...events(
        begin(),
        snapshot(),
        { event: "tool", data: { ...tool, state: "running" } },
        { event: "tool", data: { ...tool, state: "done", duration_ms: 3 } },
        delta("It is "),
        delta("60"),
        done("It is 60."),
      ),
    ]);
    expect(turns).toMatchObject([
      { status: "done", text: "It is 60.", model: "demo-model", usage, durationMs: 10 },
    ]);
    expect(turns[0]?.tools).toEqual([{ ...tool, state: "done", duration_ms: 3 }]);
    expect(streamingTurnId).toBeNull();
  });

  it("go to the turn that the stream has named last", () => {
    const { turns } = fold(
      events(begin(), delta("one"), done("one"), begin(otherTurnId), delta("two")),
    );
    expect(turns).toMatchObject([
      { id: turnId, text: "one", status: "done" },
      { id: otherTurnId, text: "two", status: "running" },
    ]);
  });

  it("keep the text when it is stopped or fails", () => {
    const stopped: StreamEvent = { event: "stopped", data: { turn_id: turnId, text: "Half" } };
    expect(fold(events(begin(), delta("Half of"), stopped)).turns).toMatchObject([
      { status: "stopped", text: "Half" },
    ]);
    expect(fold(events(begin(), delta("Half"), failure(false))).turns).toMatchObject([
      {
        status: "failed",
        text: "Half",
        error: { type: "model_failed", detail: "The model could not answer." },
      },
    ]);
  });

  it("leave the turn open when only the stream has failed", () => {
    const { turns } = fold(events(begin(), delta("Half"), failure(true)));
    expect(turns).toMatchObject([{ status: "running", error: null }]);
  });

  it("that come before any turn change nothing", () => {
    expect(fold(events(delta("lost"), done("lost")))).toEqual(emptyConversation);
  });

  it("leave the other turns as they are, so that they are not drawn again", () => {
    const before = fold(events(begin(), done("one"), begin(otherTurnId)));
    const after = fold(events(delta("two")), before);
    expect(after.turns[0]).toBe(before.turns[0]);
    expect(after.turns[1]).not.toBe(before.turns[1]);
  });
});

describe("what a person should know of an answer", () => {
  const remarks = ["cut_at_length", "fallback_model"] as const;

  it("comes with its end, and is the same after a reload", () => {
    const end = done("Hi", turnId, { remarks: [...remarks], history_from: otherTurnId });
    const known = { remarks, historyFrom: otherTurnId, attempt: 2, createdAt: sentAt };
    expect(fold([accepted(), ...events(begin(turnId, 2), end)]).turns).toMatchObject([
      { ...known, durationMs: 10 },
    ]);
    const told = state({
      status: "done",
      attempt: 2,
      remarks: [...remarks],
      history_from: otherTurnId,
      finished_at: "2026-01-01T00:00:02.5Z",
    });
    expect(fold([transcript(told)]).turns).toMatchObject([{ ...known, durationMs: 2_500 }]);
  });

  it("names the turn above which the model reads nothing any more", () => {
    const third = "44444444-4444-4444-8444-444444444444";
    const read = (historyFrom: string, cursor: string | null = null) => {
      const told = transcript(
        state({ status: "done", history_from: turnId }),
        state({ turn_id: otherTurnId, status: "done", history_from: historyFrom }),
        state({ turn_id: third, status: "stopped" }),
      );
      if (told.type !== "transcript") throw new Error("A transcript was expected.");
      const conversation = { ...told.conversation, earlier_cursor: cursor };
      return firstReadTurn(fold([{ ...told, conversation }]))?.id;
    };
    expect(read(otherTurnId)).toBe(otherTurnId);
    expect(read(turnId)).toBeUndefined();
    expect(read(turnId, "earlier")).toBe(turnId);
    expect(read(third.replace("4", "5"))).toBeUndefined();
  });

  it("tells whether a summary covers all that stands above that turn", () => {
    const [third, fourth] = ["4", "5"].map((digit) => turnId.replaceAll("2", digit));
    const covers = (until: string | null, changes: Partial<TurnState> = {}) => {
      const conversation = fold([
        transcript(
          state({ status: "done", history_from: turnId }),
          state({ turn_id: otherTurnId, status: "done", history_from: turnId, ...changes }),
          state({ turn_id: third!, status: "done", history_from: turnId }),
          state({
            ...{ turn_id: fourth!, status: "done" },
            ...{ history_from: third!, summarised_until: until },
          }),
        ),
      ]);
      return isSummarisedAbove(conversation, firstReadTurn(conversation)!);
    };
    expect(covers(otherTurnId)).toBe(true);
    expect(covers(null)).toBe(false);
    // The turn between summary and line was cut.
    expect(covers(turnId)).toBe(false);
    // The turn between them never reached a model.
    expect(covers(turnId, { status: "stopped", history_from: null })).toBe(true);
  });

  it("keeps what a summary after an answer took", () => {
    const summary_usage = {
      ...{ input_tokens: 900, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 80 },
      cost_usd: 0.5,
    };
    const [turn] = fold([transcript(state({ status: "done", summary_usage }))]).turns;
    expect(turn?.summaryUsage).toEqual(summary_usage);
  });

  it("counts what has yet to be answered, what is on its way included", () => {
    const second: ConversationAction = { type: "sent", message: { key: "key-2", text: "More" } };
    const waiting = fold([sent, second, accepted()]);
    expect(countUnanswered(waiting)).toBe(2);
    expect(countUnanswered(fold(events(begin(), done("Hi")), waiting))).toBe(1);
  });
});

describe("the transcript", () => {
  it("is what a reload shows", () => {
    const { turns } = fold([
      transcript(
        state({ status: "done", result: "Hi", model: "demo-model", usage }),
        state({ turn_id: otherTurnId, message: "More", partial: "Ha" }),
      ),
    ]);
    expect(turns).toMatchObject([
      { id: turnId, message: "Hello", text: "Hi", status: "done" },
      { id: otherTurnId, message: "More", text: "Ha", status: "running" },
    ]);
    expect(firstOpenTurn(fold([transcript(state())]))?.id).toBe(turnId);
  });

  it("does not undo what the stream has told since", () => {
    const streaming = fold([accepted(), ...events(begin(), delta("Hello there"))]);
    expect(fold([transcript(state({ partial: "Hel" }))], streaming).turns).toMatchObject([
      { text: "Hello there", status: "running" },
    ]);
    const ended = fold(events(done("Hello there.")), streaming);
    expect(fold([transcript(state({ partial: "Hel" }))], ended).turns).toMatchObject([
      { text: "Hello there.", status: "done" },
    ]);
  });

  it("ends a turn that the stream never ended", () => {
    const streaming = fold([accepted(), ...events(begin(), delta("Hel"))]);
    const told = transcript(state({ status: "done", result: "Hello!" }));
    expect(fold([told], streaming).turns).toMatchObject([{ status: "done", text: "Hello!" }]);
  });

  it("tells the message of a turn that was begun elsewhere", () => {
    const { turns } = fold([...events(begin(), delta("Hi")), transcript(state())]);
    expect(turns).toMatchObject([{ message: "Hello", text: "Hi" }]);
  });

  it("keeps what was accepted after it was read", () => {
    const { turns } = fold([accepted(), transcript()]);
    expect(turns.map(({ id }) => id)).toEqual([turnId]);
  });
});

describe("a message that is sent twice", () => {
  it("is on its way once", () => {
    const message = { key: "key-1", text: "Hello" };
    const state = fold([
      { type: "sent", message },
      { type: "sent", message },
    ]);
    expect(state.outbox).toEqual([message]);
  });
});

describe("a message that replaces the newest turn", () => {
  it("takes its place once it is accepted, and not before", () => {
    const ended = fold([transcript(state({ turn_id: otherTurnId, status: "failed" }))]);
    const message = { key: "key-1", text: "Hello", replaces: otherTurnId };
    const waiting = fold([{ type: "sent", message }], ended);
    expect(waiting.turns.map(({ id }) => id)).toEqual([otherTurnId]);
    const answer = accepted();
    if (answer.type !== "accepted") throw new Error("An acceptance was expected.");
    const { turns } = fold([{ ...answer, message }], waiting);
    expect(turns.map(({ id }) => id)).toEqual([turnId]);
  });
});

describe("a turn that was replaced in another tab", () => {
  const ended = transcript(state({ status: "failed" }));

  it("is gone as soon as the stream tells what took its place", () => {
    const { turns } = fold([ended, event(begin(otherTurnId, 1, turnId))]);
    expect(turns.map(({ id }) => id)).toEqual([otherTurnId]);
  });

  it("is gone with the next transcript", () => {
    const replacing = state({ turn_id: otherTurnId, replaces: turnId });
    expect(fold([ended, transcript(replacing)]).turns.map(({ id }) => id)).toEqual([otherTurnId]);
  });

  it("is gone with the next transcript, though what took its place was replaced as well", () => {
    const unknown = "44444444-4444-4444-8444-444444444444";
    const { turns } = fold([
      ended,
      event(begin(otherTurnId, 1, unknown)),
      transcript(state({ turn_id: otherTurnId, replaces: unknown })),
    ]);
    expect(turns.map(({ id }) => id)).toEqual([otherTurnId]);
  });
});

describe("earlier turns", () => {
  it("come before those that are here, once, and stay when the newest are read again", () => {
    const newest = transcript(state({ turn_id: otherTurnId, status: "done" }));
    if (newest.type !== "transcript") throw new Error("A transcript was expected.");
    const earlier = { ...newest.conversation, turns: [state({ status: "done" })] };
    const { turns, earlierCursor } = fold([
      { type: "transcript", conversation: { ...newest.conversation, earlier_cursor: otherTurnId } },
      { type: "earlier", conversation: earlier },
      { type: "earlier", conversation: earlier },
      { type: "transcript", conversation: { ...newest.conversation, earlier_cursor: otherTurnId } },
    ]);
    expect(turns.map(({ id }) => id)).toEqual([turnId, otherTurnId]);
    expect(earlierCursor).toBeNull();
  });

  it("give way to a newest page that does not reach them", () => {
    const old = transcript(state({ status: "done" }));
    const newest = transcript(
      state({ turn_id: otherTurnId, status: "done", created_at: "2026-01-02T00:00:00Z" }),
    );
    if (newest.type !== "transcript") throw new Error("A transcript was expected.");
    const page = { ...newest.conversation, earlier_cursor: otherTurnId };
    const { turns, earlierCursor } = fold([old, { type: "transcript", conversation: page }]);
    expect(turns.map(({ id }) => id)).toEqual([otherTurnId]);
    expect(earlierCursor).toBe(otherTurnId);
  });
});

describe("an answer that this page joins again", () => {
  const drawn = (...told: StreamEvent[]) => {
    const [turn] = fold([accepted(), ...events(...told)]).turns;
    if (turn === undefined) throw new Error("A turn was expected.");
    const { text, isOutdated } = shownAnswer(turn);
    return { text, isOutdated };
  };
  const before = [begin(), snapshot(), delta("Once upon a time")];

  it("keeps its text until the new one is as long", () => {
    const again = [...before, begin(turnId, 2), snapshot()];
    expect(drawn(...again)).toEqual({ text: "Once upon a time", isOutdated: true });
    expect(drawn(...again, delta("Es war einmal"))).toMatchObject({ isOutdated: true });
    expect(drawn(...again, delta("Es war einmal vor"))).toEqual({
      text: "Es war einmal vor",
      isOutdated: false,
    });
  });

  it("keeps the longest text through a second interruption", () => {
    const again = [begin(turnId, 2), snapshot(), delta("Es war")];
    const told = [...before, ...again, begin(turnId, 3), snapshot()];
    expect(drawn(...told)).toEqual({ text: "Once upon a time", isOutdated: true });
  });

  it("is drawn as it is when nothing is missing, and when it has ended", () => {
    const again = [...before, begin(), snapshot("Once upon a time, there")];
    expect(drawn(...again)).toEqual({ text: "Once upon a time, there", isOutdated: false });
    const short = [...before, begin(turnId, 2), snapshot(), done("Es war.")];
    expect(drawn(...short)).toEqual({ text: "Es war.", isOutdated: false });
  });

  it("gives way at once to a snapshot in the middle, which replaces all", () => {
    expect(drawn(...before, snapshot("Once"))).toEqual({ text: "Once", isOutdated: false });
  });
});

/** What the service does in one turn: it says something, or a tool changes its state. */
const step = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }).map((text) => delta(text)),
  fc.record({
    event: fc.constant("tool" as const),
    data: fc.record({
      id: fc.constantFrom("a", "b"),
      name: fc.constant("calculator"),
      state: fc.constantFrom("running" as const, "done" as const, "failed" as const),
      text_offset: fc.nat(8),
    }),
  }),
);

it("any cuts and resumes with a snapshot give the same final page as a stream in one piece", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      // Where a connection is cut, and how much the service had said by the time of the next.
      fc.array(fc.tuple(fc.nat(12), fc.nat(4)), { maxLength: 5 }),
      (steps, cuts) => {
        const whole = [begin(turnId, 1 + cuts.length, otherTurnId), snapshot(), ...steps];
        const said = pageOf(whole);
        const end = done(said.text, turnId, { remarks: ["fallback_model"], history_from: turnId });

        const pieces: StreamEvent[] = [begin(turnId, 1, otherTurnId), snapshot()];
        let position = 0;
        for (const [index, [length, missed]] of cuts.entries()) {
          pieces.push(...steps.slice(position, position + length));
          position = Math.min(steps.length, position + length + missed);
          const soFar = pageOf([begin(), snapshot(), ...steps.slice(0, position)]);
          pieces.push(begin(turnId, 2 + index, otherTurnId), snapshot(soFar.text, soFar.tools));
        }
        pieces.push(...steps.slice(position));

        // A tab that has the replaced turn still.
        const before = fold([transcript(state({ turn_id: otherTurnId, status: "done" }))]);
        const inPieces = fold([accepted(), ...events(...pieces)], before);
        const inOne = fold([accepted(), ...events(...whole)], before);
        expect(inPieces).toEqual(inOne);
        expect(fold(events(end), inPieces)).toEqual(fold(events(end), inOne));
      },
    ),
  );
});

/** Written once more without the reducer: what the service has stored after these events. */
function pageOf(told: StreamEvent[]): { text: string; tools: ToolCall[] } {
  const tools = new Map<string, ToolCall>();
  let text = "";
  for (const { event: name, data } of told) {
    if (name === "delta") text += data.text;
    if (name === "tool") tools.set(data.id, data);
  }
  return { text, tools: [...tools.values()] };
}
