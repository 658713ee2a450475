import fc from "fast-check";
import { hasEnded } from "#lib/chat/has-ended.ts";
import { changeEvents, joinEvents, storedEndEvent, waitingEvent } from "#lib/chat/turn-events.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { delta, reasoning, tool, turn } from "./stream-events.ts";
import { turnId, turnState } from "./turn-state.ts";

/** A moment of a turn. */
export interface Moment {
  /** What the runner of this attempt sends. */
  sent: StreamEvent[];
  /** The turn's row afterwards, as a follower may read it. */
  row: TurnState;
  /** Whether an attempt begins. */
  isStart: boolean;
}

type End = "done" | "stopped" | "failed" | "waiting";

type Piece =
  /** Before it, the model's call may break off after another text, and is repeated. */
  | { text: string; lost?: string | undefined }
  | { thought: string }
  /** The call begins, or ends if it runs. */
  | { call: string; state: "done" | "failed" | "unknown" }
  /** What came since an earlier moment is void: a new runner begins there, or the model's call is repeated. */
  | { backTo: number; isTakeover: boolean }
  /** The call waits for a person, who decides. */
  | { asked: string; decision: "approved" | "denied" };

const texts = fc.constantFrom("a", "One. ", "\n\n", "😀", " ", "Two. ");

const pieces = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ text: texts, lost: fc.option(texts, { nil: undefined, freq: 4 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        call: fc.constantFrom("a", "b", "c"),
        state: fc.constantFrom("done" as const, "failed" as const, "unknown" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ thought: fc.constant("Hm.") }) },
    {
      weight: 1,
      arbitrary: fc.record({
        backTo: fc.nat(20),
        isTakeover: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        asked: fc.constantFrom("d", "e"),
        decision: fc.constantFrom("approved" as const, "denied" as const),
      }),
    },
  ),
  { maxLength: 30 },
);

const ends = fc.constantFrom<End>("done", "stopped", "failed", "waiting");

/** Draws turns with all that can happen to one. */
export const scriptedTurns: fc.Arbitrary<Moment[]> = fc.tuple(pieces, ends).map(scriptTurn);

/** Returns the moments of a turn in which this happens. */
function scriptTurn([script, end]: [readonly Piece[], End]): Moment[] {
  let row = turnState({ partial: "", model: "m" });
  const moments: Moment[] = [{ sent: [turn()], row, isStart: true }];

  function pass(sent: StreamEvent[], changes: Partial<TurnState>, isStart = false): void {
    row = { ...row, ...changes };
    moments.push({ sent, row, isStart });
  }

  /** Sends the state of a call. A new call comes after the text so far. */
  function send(changed: ToolCall): void {
    const isKnown = row.tools.some(({ id }) => id === changed.id);
    const tools = isKnown
      ? row.tools.map((known) => (known.id === changed.id ? changed : known))
      : [...row.tools, changed];
    pass([tool(changed)], { tools });
  }

  const textOf = ({ partial }: TurnState) => partial ?? "";
  const find = (id: string) => row.tools.find((known) => known.id === id);
  const newCall = (id: string, changes: Partial<ToolCall>): ToolCall => ({
    ...{ id, name: "calculator", state: "running", text_offset: textOf(row).length },
    ...{ input: { expression: "6*7" } },
    ...changes,
  });

  function begin(changes: Partial<TurnState>): void {
    const attempt = row.attempt + 1;
    const started: TurnState = { ...row, ...changes, status: "running", attempt, restarts: 0 };
    pass(joinEvents(started), started, true);
  }

  function repeatCall(partial: string | null): void {
    const again = { partial, restarts: (row.restarts ?? 0) + 1 };
    pass(joinEvents({ ...row, ...again }).slice(1), again);
  }

  function park(id: string): void {
    send(newCall(id, { state: "waiting", effect: "write", approval: approvalThatIs("open") }));
    pass([], { status: "waiting", parkings: row.parkings + 1 });
    moments.at(-1)?.sent.push(waitingEvent(row));
  }

  function decide(id: string, decision: "approved" | "denied"): void {
    const asked = find(id);
    if (!asked) return;
    const decided = { ...asked, approval: approvalThatIs(decision) };
    begin({ tools: row.tools.map((known) => (known.id === id ? decided : known)) });
    send({ ...decided, ...(decision === "approved" ? ended("done") : { state: "denied" }) });
  }

  for (const piece of script) {
    if ("text" in piece) {
      const { text, lost } = piece;
      const before = textOf(row);
      if (lost) pass([delta(lost)], { partial: before + lost });
      if (lost) repeatCall(before);
      pass([delta(text)], { partial: before + text });
    } else if ("thought" in piece) pass([reasoning(piece.thought)], {});
    else if ("call" in piece) {
      const id = callIdOf(piece.call);
      const known = find(id);
      if (!known) send(newCall(id, {}));
      else if (isOpen(known)) send({ ...known, ...ended(piece.state) });
    } else if ("asked" in piece) {
      const id = callIdOf(piece.asked);
      if (find(id)) continue;
      park(id);
      decide(id, piece.decision);
    } else {
      const isCalled = ({ tools }: TurnState) => tools === row.tools;
      const bases = sinceLastDecision(moments).filter((base) => piece.isTakeover || isCalled(base));
      const { partial, tools } = bases[piece.backTo % bases.length] ?? row;
      if (piece.isTakeover) begin({ partial, tools });
      // A model's call is repeated before its tools have run.
      else repeatCall(partial);
    }
  }
  if (end === "waiting") {
    park(callIdOf("f"));
    return moments;
  }
  for (const open of row.tools.filter(isOpen)) {
    send({ ...open, ...ended(end === "done" ? "done" : "failed") });
  }
  const finished: TurnState = {
    ...{ ...row, status: end, result: textOf(row), partial: null },
    ...{ finished_at: "2026-01-01T00:00:02Z", error: end === "failed" ? failure : null },
  };
  pass([storedEndEvent(finished, "request-1")], finished);
  return moments;
}

const isOpen = ({ state }: ToolCall) => state === "running" || state === "waiting";

const callIdOf = (letter: string) => `${turnId}.${letter.charCodeAt(0)}.0`;

/** What a later moment may go back to: what a person has decided stays decided. */
function sinceLastDecision(moments: readonly Moment[]): TurnState[] {
  const waited = moments.findLastIndex(({ row }) => row.status === "waiting");
  return moments.slice(waited + 1).map(({ row }) => row);
}

const failure = {
  ...{ type: "model_failed", title: "Model failed", status: 502 },
  detail: "The model couldn't answer.",
};

function ended(state: "done" | "failed" | "unknown"): Pick<ToolCall, "state" | "output"> {
  return state === "unknown" ? { state } : { state, output: state === "done" ? "42" : "No." };
}

const approvalThatIs = (state: "open" | "approved" | "denied") => ({
  arguments_sha256: "a".repeat(64),
  expires_at: "2026-12-01T00:00:00Z",
  state,
});

/** After how many moments a follower reads the row again. */
export const pollIntervals = fc.integer({ min: 1, max: 5 });

/** How one invocation streams a turn. */
export interface Watching {
  /** The moments that it begins and ends with. It ends earlier if the turn ends or waits. */
  from: number;
  to: number;
  /** A follower reads the row every so many moments. */
  pollEvery: number;
  /** Whether it runs the attempts that begin meanwhile. Otherwise it follows their runner. */
  runs: boolean;
}

/** Returns the events of one invocation. */
export function eventsOf(
  moments: readonly Moment[],
  { from, to, pollEvery, runs }: Watching,
): StreamEvent[] {
  const events: StreamEvent[] = [];
  let isRunner = false;
  /** The row as the client knows it from polls. */
  let shown: TurnState | undefined;
  for (const [index, { sent, row, isStart }] of moments.slice(from, to + 1).entries()) {
    const isOver = hasEnded(row) || row.status === "waiting";
    if (isStart) {
      isRunner = runs;
      shown = undefined;
    }
    if (isRunner) events.push(...sent);
    else {
      if (!shown) events.push(...joinEvents(row));
      else if (isOver || index % pollEvery === 0) events.push(...changeEvents(shown, row));
      else continue;
      shown = row;
      if (row.status === "waiting") events.push(waitingEvent(row));
      if (hasEnded(row)) events.push(storedEndEvent(row, "request-1"));
    }
    if (isOver) break;
  }
  return events;
}
