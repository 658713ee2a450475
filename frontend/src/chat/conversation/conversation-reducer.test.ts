import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import { endOfTurnId, type StreamEvent } from "#lib/contract/stream-event.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { onShownBranch, withOutgoing } from "./branch.ts";
import { type ConversationAction, reduceConversation } from "./conversation-reducer.ts";
import {
  countUnanswered,
  firstOpenTurn,
  firstReadTurn,
  isOpen,
  isSummarisedAbove,
} from "./conversation-selectors.ts";
import { type Conversation, emptyConversation, type ShownTurn } from "./conversation-state.ts";
import { shownAnswer } from "./outdated-answer.ts";

const otherTurnId = "33333333-3333-4333-8333-333333333333";
const usage = {
  input_tokens: 3,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 5,
  cost_usd: null,
};

const reduce = (actions: ConversationAction[], from: Conversation = emptyConversation) =>
  actions.reduce(reduceConversation, from);
const event = (received: StreamEvent): ConversationAction => ({ type: "event", event: received });
const events = (...received: StreamEvent[]) => received.map(event);

const begin = (id = turnId, attempt = 1, parent: string | null = null): StreamEvent => ({
  event: "turn",
  data: { conversation_id: conversationId, turn_id: id, attempt, parent, replaces: null },
  id,
});
const snapshot = (text = "", tools: ToolCall[] = [], sources: Source[] = []): StreamEvent => ({
  event: "snapshot",
  data: { text, tools, sources },
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
    ...changes,
  },
  at: sentAt,
});
/** A transcript of one branch. `elsewhere` are the open turns of other branches. */
const transcript = (...turns: TurnState[]) => transcriptOf(turns);
const transcriptOf = (
  turns: TurnState[],
  { cursor = null, elsewhere = [] }: { cursor?: string | null; elsewhere?: TurnState[] } = {},
): Extract<ConversationAction, { type: "transcript" }> => ({
  type: "transcript",
  conversation: {
    id: conversationId,
    title: "Hello",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    pinned: false,
    archived: false,
    head: turns.at(-1)?.turn_id ?? null,
    settings: {},
    turns: turns.map((turn, index) => ({
      ...turn,
      parent: turn.parent ?? turns[index - 1]?.turn_id ?? null,
    })),
    open_turns: [...turns, ...elsewhere].filter(isOpen),
    earlier_cursor: cursor,
  },
});

it("a turn that begins without a snapshot is the turn with an empty one", () => {
  const answer = [delta("Hi"), delta(" there"), done("Hi there")];
  const shown = reduce([sent, accepted(), ...events(begin(), ...answer)]);
  expect(shown).toEqual(reduce([sent, accepted(), ...events(begin(), snapshot(), ...answer)]));
});

describe("a message", () => {
  it("keeps its key when the service accepts it", () => {
    const waiting = reduce([sent]);
    expect(waiting.outbox).toEqual([{ key: "key-1", text: "Hello" }]);
    const { id, outbox, turns } = reduce([accepted()], waiting);
    expect({ id, outbox }).toEqual({ id: conversationId, outbox: [] });
    expect(turns).toMatchObject([{ key: "key-1", id: turnId, message: "Hello", status: "queued" }]);
  });

  it("whose turn a budget ends at once is a failed turn with the time of renewal", () => {
    const error = {
      ...{ type: "budget_exhausted", detail: "Used up." },
      resetsAt: "2026-01-02T00:00:00Z",
    };
    const refused = { ...accepted({ status: "failed" }), error } as ConversationAction;
    const { outbox, turns } = reduce([sent, refused]);
    expect(outbox).toEqual([]);
    expect(turns).toMatchObject([{ message: "Hello", status: "failed", error }]);
  });

  it("leaves the outbox with all messages behind it when the service refuses it", () => {
    const second: ConversationAction = { type: "sent", message: { key: "key-2", text: "More" } };
    expect(reduce([sent, second, { type: "returned" }])).toEqual(emptyConversation);
  });

  it("appears once if its stream is faster than its acceptance", () => {
    const { turns } = reduce([sent, ...events(begin(), delta("Hi")), accepted()]);
    expect(turns).toMatchObject([{ id: turnId, message: "Hello", text: "Hi", status: "running" }]);
  });
});

describe("the events of a turn", () => {
  it("append deltas, replace tools by id, and end with the committed text", () => {
    const tool = { id: "t", name: "calculator" };
    const { turns, streamingTurnId } = reduce([
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

  it("change the turn that the stream named last", () => {
    const { turns } = reduce(
      events(begin(), delta("one"), done("one"), begin(otherTurnId, 1, turnId), delta("two")),
    );
    expect(turns).toMatchObject([
      { id: turnId, text: "one", status: "done" },
      { id: otherTurnId, text: "two", status: "running" },
    ]);
  });

  it("keep the text of a stopped or failed turn", () => {
    const stopped: StreamEvent = { event: "stopped", data: { turn_id: turnId, text: "Half" } };
    expect(reduce(events(begin(), delta("Half of"), stopped)).turns).toMatchObject([
      { status: "stopped", text: "Half" },
    ]);
    expect(reduce(events(begin(), delta("Half"), failure(false))).turns).toMatchObject([
      {
        status: "failed",
        text: "Half",
        error: { type: "model_failed", detail: "The model could not answer." },
      },
    ]);
  });

  it("park the turn, with the calls that need a decision", () => {
    const call = { id: "t", name: "send_webhook" };
    const waiting: StreamEvent = {
      event: "waiting",
      data: { turn_id: turnId, calls: [{ ...call, state: "waiting" }] },
      id: `${turnId}.waiting.1`,
    };
    const running: StreamEvent = { event: "tool", data: { ...call, state: "running" } };
    const { turns, streamingTurnId } = reduce(events(begin(), delta("I will"), running, waiting));
    expect(turns).toMatchObject([
      { status: "waiting", parkings: 1, text: "I will", tools: [{ ...call, state: "waiting" }] },
    ]);
    expect(streamingTurnId).toBeNull();
  });

  it("keep the approval of a call that runs or ends without it", () => {
    const approval = { arguments_sha256: "", state: "expired", expires_at: "" } as const;
    const call = { id: "t", name: "send_webhook", state: "waiting", approval } as const;
    const ended: StreamEvent = {
      event: "tool",
      data: { id: "t", name: "send_webhook", state: "denied" },
    };
    const { turns } = reduce(events(begin(), snapshot("", [call]), snapshot("", [call]), ended));
    expect(turns[0]?.tools).toEqual([{ id: "t", name: "send_webhook", state: "denied", approval }]);
  });

  it("leave the turn open after a retryable error", () => {
    const { turns } = reduce(events(begin(), delta("Half"), failure(true)));
    expect(turns).toMatchObject([{ status: "running", error: null }]);
  });

  it("change nothing before the first turn event", () => {
    expect(reduce(events(delta("lost"), done("lost")))).toEqual(emptyConversation);
  });

  it("keep the identity of all other turns", () => {
    const before = reduce(events(begin(), done("one"), begin(otherTurnId, 1, turnId)));
    const after = reduce(events(delta("two")), before);
    expect(after.turns[0]).toBe(before.turns[0]);
    expect(after.turns[1]).not.toBe(before.turns[1]);
  });
});

describe("the facts of an answer", () => {
  const remarks = ["cut_at_length", "fallback_model"] as const;

  it("arrive with its end and survive a reload", () => {
    const end = done("Hi", turnId, { remarks: [...remarks], history_from: otherTurnId });
    const known = { remarks, historyFrom: otherTurnId, attempt: 2, createdAt: sentAt };
    expect(reduce([accepted(), ...events(begin(turnId, 2), end)]).turns).toMatchObject([
      { ...known, durationMs: 10 },
    ]);
    const received = turnState({
      status: "done",
      attempt: 2,
      remarks: [...remarks],
      history_from: otherTurnId,
      finished_at: "2026-01-01T00:00:02.5Z",
    });
    expect(reduce([transcript(received)]).turns).toMatchObject([{ ...known, durationMs: 2_500 }]);
  });

  it("include the oldest turn that the model read", () => {
    const third = "44444444-4444-4444-8444-444444444444";
    const read = (historyFrom: string, cursor: string | null = null) => {
      const turns = [
        turnState({ status: "done", history_from: turnId }),
        turnState({ turn_id: otherTurnId, status: "done", history_from: historyFrom }),
        turnState({ turn_id: third, status: "stopped" }),
      ];
      return firstReadTurn(reduce([transcriptOf(turns, { cursor })]))?.id;
    };
    expect(read(otherTurnId)).toBe(otherTurnId);
    expect(read(turnId)).toBeUndefined();
    expect(read(turnId, "earlier")).toBe(turnId);
    expect(read(third.replace("4", "5"))).toBeUndefined();
  });

  it("include whether a summary covers all turns above that turn", () => {
    const [third, fourth] = ["4", "5"].map((digit) => turnId.replaceAll("2", digit));
    const covers = (until: string | null, changes: Partial<TurnState> = {}) => {
      const conversation = reduce([
        transcript(
          turnState({ status: "done", history_from: turnId }),
          turnState({ turn_id: otherTurnId, status: "done", history_from: turnId, ...changes }),
          turnState({ turn_id: third!, status: "done", history_from: turnId }),
          turnState({
            ...{ turn_id: fourth!, status: "done" },
            ...{ history_from: third!, summarised_until: until },
          }),
        ),
      ]);
      return isSummarisedAbove(conversation, firstReadTurn(conversation)!);
    };
    expect(covers(otherTurnId)).toBe(true);
    expect(covers(null)).toBe(false);
    // The turn between the summary and the oldest read turn was cut.
    expect(covers(turnId)).toBe(false);
    // The turn between them never reached a model.
    expect(covers(turnId, { status: "stopped", history_from: null })).toBe(true);
  });

  it("include the usage of the summary after it", () => {
    const summary_usage = {
      ...{ input_tokens: 900, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 80 },
      cost_usd: 0.5,
    };
    const [turn] = reduce([transcript(turnState({ status: "done", summary_usage }))]).turns;
    expect(turn?.summaryUsage).toEqual(summary_usage);
  });

  it("count messages without an answer, including outgoing messages", () => {
    const second: ConversationAction = { type: "sent", message: { key: "key-2", text: "More" } };
    const waiting = reduce([sent, second, accepted()]);
    expect(countUnanswered(waiting)).toBe(2);
    expect(countUnanswered(reduce(events(begin(), done("Hi")), waiting))).toBe(1);
  });
});

describe("the transcript", () => {
  it("fills the page after a reload", () => {
    const { turns } = reduce([
      transcript(
        turnState({ status: "done", result: "Hi", model: "demo-model", usage }),
        turnState({ turn_id: otherTurnId, message: "More", partial: "Ha" }),
      ),
    ]);
    expect(turns).toMatchObject([
      { id: turnId, message: "Hello", text: "Hi", status: "done" },
      { id: otherTurnId, message: "More", text: "Ha", status: "running" },
    ]);
    expect(firstOpenTurn(reduce([transcript(turnState())]))?.id).toBe(turnId);
  });

  it("does not undo newer events of the stream", () => {
    const streaming = reduce([accepted(), ...events(begin(), delta("Hello there"))]);
    expect(reduce([transcript(turnState({ partial: "Hel" }))], streaming).turns).toMatchObject([
      { text: "Hello there", status: "running" },
    ]);
    const ended = reduce(events(done("Hello there.")), streaming);
    expect(reduce([transcript(turnState({ partial: "Hel" }))], ended).turns).toMatchObject([
      { text: "Hello there.", status: "done" },
    ]);
  });

  it("ends a turn whose stream never ended", () => {
    const streaming = reduce([accepted(), ...events(begin(), delta("Hel"))]);
    const received = transcript(turnState({ status: "done", result: "Hello!" }));
    expect(reduce([received], streaming).turns).toMatchObject([{ status: "done", text: "Hello!" }]);
  });

  it("brings the message of a turn that another tab started", () => {
    const { turns } = reduce([...events(begin(), delta("Hi")), transcript(turnState())]);
    expect(turns).toMatchObject([{ message: "Hello", text: "Hi" }]);
  });

  it("keeps turns that were accepted after it was read", () => {
    const { turns } = reduce([accepted(), transcript()]);
    expect(turns.map(({ id }) => id)).toEqual([turnId]);
  });
});

describe("a message that is sent twice", () => {
  it("is in the outbox once", () => {
    const message = { key: "key-1", text: "Hello" };
    const state = reduce([
      { type: "sent", message },
      { type: "sent", message },
    ]);
    expect(state.outbox).toEqual([message]);
  });
});

describe("another version of a turn", () => {
  const [first, second, third, other, later] = ["a", "b", "c", "d", "e"].map((digit) =>
    turnId.replaceAll("2", digit),
  ) as [string, string, string, string, string];
  const ended = (id: string, changes: Partial<TurnState> = {}) =>
    turnState({ turn_id: id, status: "done", message: `message of ${id[0]}`, ...changes });
  const branch = transcript(ended(first), ended(second), ended(third));
  const idsOf = ({ turns }: Pick<Conversation, "turns">) => turns.map(({ id }) => id);
  const message = { key: "key-2", text: "Better", after: first, edits: second };
  const send: ConversationAction = { type: "sent", message };
  const accept = (id: string, changes: Partial<typeof message> = {}): ConversationAction => ({
    type: "accepted",
    message: { ...message, ...changes },
    accepted: {
      conversation_id: conversationId,
      ...{ turn_id: id, status: "queued", replayed: false },
    },
    at: sentAt,
  });

  it("takes the place of the turns after its parent, already on its way", () => {
    const waiting = reduce([branch, send]);
    expect(idsOf(waiting)).toEqual([first, second, third]);
    expect(idsOf(withOutgoing(waiting))).toEqual([first]);
    const shown = reduce([accept(other)], waiting);
    expect(idsOf(shown)).toEqual([first, other]);
    expect(shown.turns[1]).toMatchObject({ parent: first, versions: [second, other] });
    expect(shown.elsewhere).toEqual([]);
  });

  it("of the first turn starts the conversation anew", () => {
    const shown = reduce([branch, accept(other, { after: null } as object)]);
    expect(idsOf(shown)).toEqual([other]);
    expect(shown.turns[0]).toMatchObject({ parent: null, versions: [first, other] });
  });

  it("of the first loaded turn stays after the turns of earlier pages", () => {
    const page = transcriptOf([ended(second, { parent: first }), ended(third)], { cursor: second });
    expect(idsOf(reduce([page, accept(other)]))).toEqual([other]);
  });

  it("lets an open turn go on out of sight, and its text is there when it is shown again", () => {
    const answering = reduce([branch, ...events(begin(later, 1, third), delta("Once"))]);
    const shown = reduce([accept(other), ...events(delta(" upon"))], answering);
    expect(idsOf(shown)).toEqual([first, other]);
    expect(shown.elsewhere).toMatchObject([{ id: later, text: "Once upon", status: "running" }]);
    expect(firstOpenTurn(shown)?.id).toBe(later);
    const open = turnState({ turn_id: later, message: "More", partial: "On" });
    const queued = turnState({ turn_id: other, status: "queued", parent: first });
    const back = transcriptOf([ended(first), ended(second), ended(third), open], {
      elsewhere: [queued],
    });
    const again = reduce([back], shown);
    expect(again.turns.at(-1)).toMatchObject({ id: later, text: "Once upon", message: "More" });
    expect(again.elsewhere).toMatchObject([{ id: other, status: "queued" }]);
    const finished = reduce(events(done("Once upon a time", later)), shown);
    expect(finished.elsewhere).toEqual([]);
    expect(idsOf(finished)).toEqual([first, other]);
  });

  it("that another tab begins is shown when the transcript says so", () => {
    const started = reduce([branch, ...events(begin(other, 1, first), delta("Hi"))]);
    expect(idsOf(started)).toEqual([first, second, third]);
    expect(started.elsewhere).toMatchObject([{ id: other, text: "Hi" }]);
    const running = turnState({ turn_id: other, versions: [second, other] });
    const shown = reduce([transcript(ended(first), running)], started);
    expect(idsOf(shown)).toEqual([first, other]);
    expect(shown.turns[1]).toMatchObject({ text: "Hi", versions: [second, other] });
    expect(shown.elsewhere).toEqual([]);
  });

  it("has the key of the version before it, so that the focus stays", () => {
    const [, before] = reduce([branch]).turns;
    const shown = reduce([branch, transcript(ended(first), ended(other))]);
    expect(shown.turns[1]).toMatchObject({ id: other, key: before?.key });
  });

  it("leaves with the branch that the transcript shows, also above the loaded page", () => {
    const page = transcriptOf([ended(later, { parent: other })], { cursor: later });
    const shown = reduce([branch, page]);
    expect(idsOf(shown)).toEqual([later]);
    expect(shown.earlierCursor).toBe(later);
  });

  it("is counted and waited for in the queue of all branches", () => {
    const queued = turnState({ turn_id: other, status: "queued" });
    const waiting = turnState({ turn_id: later, status: "waiting" });
    const state = reduce([transcriptOf([ended(first), queued], { elsewhere: [waiting] })]);
    expect(firstOpenTurn(state)?.id).toBe(later);
    expect(countUnanswered(state)).toBe(2);
  });
});

describe("the parent of a message", () => {
  const messageOf = (key: string) => ({ type: "sent", message: { key, text: key } }) as const;
  const isDone = turnState({ status: "done" });

  it("is the last shown turn at the time of sending, and the same when it is sent again", () => {
    const state = reduce([transcript(isDone), messageOf("one"), messageOf("two")]);
    expect(state.outbox).toMatchObject([
      { key: "one", after: turnId },
      { key: "two", text: "two" },
    ]);
    const elsewhere = reduce([transcript(turnState({ turn_id: otherTurnId }))], state);
    expect(elsewhere.outbox).toEqual(state.outbox);
  });

  it("of the next message is the turn of the message before it", () => {
    const state = reduce([transcript(isDone), messageOf("one"), messageOf("two")]);
    const answer = { ...accepted(), message: state.outbox[0] } as ConversationAction;
    const next = reduce([answer], { ...state, turns: [] });
    expect(next.outbox).toEqual([{ key: "two", text: "two", after: turnId }]);
  });

  it("is the service's choice while the transcript is not loaded", () => {
    const [message] = reduce([messageOf("one")], {
      ...emptyConversation,
      id: conversationId,
    }).outbox;
    expect(message?.after).toBeUndefined();
  });

  it("of a refused message counts only while its branch is shown", () => {
    const { turns } = reduce([transcript(isDone)]);
    const refused = { key: "one", text: "one", after: turnId };
    const again = (shown: ShownTurn[]) =>
      onShownBranch(refused, { ...emptyConversation, turns: shown }, () => "new");
    expect(again(turns)).toEqual(refused);
    expect(again(reduce([transcript(turnState({ turn_id: otherTurnId }))]).turns)).toEqual({
      ...{ key: "new", text: "one" },
    });
  });
});

it("a message that was changed in place keeps its earlier texts", () => {
  const change = (text: string): ConversationAction => ({ type: "rewritten", turnId, text });
  const shown = reduce([transcript(turnState({ status: "done" })), change("Hi"), change("Hey")]);
  expect(shown.turns[0]).toMatchObject({ message: "Hey", earlierMessages: ["Hello", "Hi"] });
  const received = turnState({ status: "done", message: "Hey", earlier_messages: ["Hello", "Hi"] });
  expect(reduce([transcript(received)]).turns[0]).toMatchObject({
    ...{ message: "Hey", earlierMessages: ["Hello", "Hi"] },
  });
});

describe("earlier turns", () => {
  it("come once before the loaded turns, and survive a reload of the newest page", () => {
    const newest = turnState({ turn_id: otherTurnId, status: "done", parent: turnId });
    const page = transcriptOf([newest], { cursor: otherTurnId });
    const { conversation } = transcript(turnState({ status: "done" }));
    const earlier: ConversationAction = { type: "earlier", conversation };
    const { turns, earlierCursor } = reduce([page, earlier, earlier, page]);
    expect(turns.map(({ id }) => id)).toEqual([turnId, otherTurnId]);
    expect(earlierCursor).toBeNull();
  });

  it("leave the page if the newest page does not reach them", () => {
    const old = transcript(turnState({ status: "done" }));
    const unknown = "44444444-4444-4444-8444-444444444444";
    const newest = turnState({ turn_id: otherTurnId, status: "done", parent: unknown });
    const page = transcriptOf([newest], { cursor: otherTurnId });
    const { turns, earlierCursor } = reduce([old, page]);
    expect(turns.map(({ id }) => id)).toEqual([otherTurnId]);
    expect(earlierCursor).toBe(otherTurnId);
  });
});

describe("an answer that this page joins again", () => {
  const drawn = (...received: StreamEvent[]) => {
    const [turn] = reduce([accepted(), ...events(...received)]).turns;
    if (turn === undefined) throw new Error("A turn was expected.");
    const { text, isOutdated } = shownAnswer(turn);
    return { text, isOutdated };
  };
  const before = [begin(), snapshot(), delta("Once upon a time")];

  it("keeps its text until the new text is as long", () => {
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
    const received = [...before, ...again, begin(turnId, 3), snapshot()];
    expect(drawn(...received)).toEqual({ text: "Once upon a time", isOutdated: true });
  });

  it("shows the new text if it is longer or the turn has ended", () => {
    const again = [...before, begin(), snapshot("Once upon a time, there")];
    expect(drawn(...again)).toEqual({ text: "Once upon a time, there", isOutdated: false });
    const short = [...before, begin(turnId, 2), snapshot(), done("Es war.")];
    expect(drawn(...short)).toEqual({ text: "Es war.", isOutdated: false });
  });

  it("shows a snapshot within one connection at once", () => {
    expect(drawn(...before, snapshot("Once"))).toEqual({ text: "Once", isOutdated: false });
  });
});

/** One event of a turn: the model writes, or a tool changes its state. */
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

it("cuts and resumes with a snapshot give the same final page as an uncut stream", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      // The events before each cut, and the events that the page missed before the next connection.
      fc.array(fc.tuple(fc.nat(12), fc.nat(4)), { maxLength: 5 }),
      // Whether the turn is on a branch that the page does not show.
      fc.boolean(),
      (steps, cuts, isElsewhere) => {
        const whole = [begin(turnId, 1 + cuts.length), snapshot(), ...steps];
        const said = pageOf(whole);
        const end = done(said.text, turnId, { remarks: ["fallback_model"], history_from: turnId });

        const pieces: StreamEvent[] = [begin(), snapshot()];
        let position = 0;
        for (const [index, [length, missed]] of cuts.entries()) {
          pieces.push(...steps.slice(position, position + length));
          position = Math.min(steps.length, position + length + missed);
          const soFar = pageOf([begin(), snapshot(), ...steps.slice(0, position)]);
          pieces.push(begin(turnId, 2 + index), snapshot(soFar.text, soFar.tools));
        }
        pieces.push(...steps.slice(position));

        // A tab that shows another version.
        const version = turnState({ turn_id: otherTurnId, status: "done" });
        const before = isElsewhere ? reduce([transcript(version)]) : emptyConversation;
        const beginning = isElsewhere ? [] : [accepted()];
        const inPieces = reduce([...beginning, ...events(...pieces)], before);
        const inOne = reduce([...beginning, ...events(...whole)], before);
        expect(inPieces).toEqual(inOne);
        expect(reduce(events(end), inPieces)).toEqual(reduce(events(end), inOne));
      },
    ),
  );
});

/** Returns what the service has stored after these events, computed without the reducer. */
function pageOf(received: StreamEvent[]): { text: string; tools: ToolCall[] } {
  const tools = new Map<string, ToolCall>();
  let text = "";
  for (const { event: name, data } of received) {
    if (name === "delta") text += data.text;
    if (name === "tool") tools.set(data.id, data);
  }
  return { text, tools: [...tools.values()] };
}
