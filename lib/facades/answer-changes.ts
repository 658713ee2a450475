import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { offsetOf } from "./answer-parts.ts";
import { type EndEvent, emptyView, foldEvent, isOfStream, type TurnView } from "./turn-view.ts";

/** What a stream adds to an answer that is only ever written at its end. */
export type AnswerChange =
  /** The turn's answer follows. Comes again for each new attempt, with what that attempt keeps. */
  | { type: "turn"; turnId: string; attempt: number }
  /** What follows belongs to a text of this attempt that a snapshot tells. */
  | { type: "snapshot"; attempt: number; restarts: number }
  /** Everything since the first change is void: the answer begins again. */
  | { type: "restart" }
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  /** A new call, or the new state of a call that has been sent. */
  | { type: "tool"; tool: ToolCall; isNew: boolean }
  | { type: "source"; source: Source }
  /** An earlier turn waits for a decision, and this one begins after it. Nothing follows. */
  | { type: "barred" }
  /** Nothing of this turn follows. */
  | { type: "end"; end: EndEvent };

/**
 * Returns a reader of a stream that says what each event adds to the answer of one turn, in the order of the transcript. A
 * follower may get a call before the text that precedes it, and text that spans a call: the reader holds the one back and
 * divides the other. A snapshot that only adds something is no restart. Events of other turns, for which this one has
 * waited, add nothing.
 * @param base what the client shows of the turn already: its continuation follows, and no restart takes the base back
 */
export function createAnswerChanges(
  turnId: string,
  base: Pick<TurnView, "text" | "tools"> = emptyView,
): (event: StreamEvent) => AnswerChange[] {
  let view = emptyView;
  let isOfTurn = false;
  let sentText = base.text;
  /** The text that follows `sentText`. To cut it out of the whole text for each token would take a square of its length. */
  let unsentText = "";
  let isAfterText = false;
  let sentTools = byId(base.tools);
  const sentSources = new Set<number>();

  /** Only such an event can withdraw what was sent. */
  const replaces = ({ event }: StreamEvent) =>
    event === "snapshot" || event === "done" || event === "stopped";

  const hasWithdrawn = () =>
    !view.text.startsWith(sentText) ||
    [...sentTools.values()].some((sent) => {
      const tool = view.tools.find(({ id }) => id === sent.id);
      if (!tool || offsetOf(tool) !== offsetOf(sent)) return true;
      return !isOpen(sent) && hasChanged(sent, tool);
    });

  /** A follower may miss that the same text was written again, now behind a call. */
  const hasCallBeforeSentText = () =>
    view.tools.some((tool) => !sentTools.has(tool.id) && offsetOf(tool) < sentText.length);

  function* difference(event: StreamEvent, isLast: boolean): Generator<AnswerChange> {
    if (event.event === "delta") unsentText += event.data.text;
    const begins = (replaces(event) && hasWithdrawn()) || hasCallBeforeSentText();
    if (begins) {
      sentText = base.text;
      isAfterText = false;
      sentTools = byId(base.tools);
      sentSources.clear();
      yield { type: "restart" };
    }
    if (begins || replaces(event)) unsentText = view.text.slice(sentText.length);
    for (const source of view.sources) {
      if (!sentSources.has(source.index)) yield { type: "source", source };
      sentSources.add(source.index);
    }
    const unsent = view.tools.filter(({ id }) => !sentTools.has(id));
    for (const tool of view.tools) {
      const sent = sentTools.get(tool.id);
      if (sent && hasChanged(sent, tool)) yield { type: "tool", tool, isNew: false };
      if (sent) sentTools.set(tool.id, tool);
    }
    for (const tool of unsent.toSorted((one, other) => offsetOf(one) - offsetOf(other))) {
      if (offsetOf(tool) > view.text.length && !isLast) break;
      yield* textUntil(offsetOf(tool), false);
      sentTools.set(tool.id, tool);
      isAfterText = false;
      yield { type: "tool", tool, isNew: true };
    }
    yield* textUntil(view.text.length, isLast);
  }

  /** White space between two calls leaves with the text after them, as in `answerParts`. */
  function* textUntil(end: number, isLast: boolean): Generator<AnswerChange> {
    const text = unsentText.slice(0, Math.max(0, end - sentText.length));
    if (isLast || isAfterText ? text === "" : text.trim() === "") return;
    sentText += text;
    unsentText = unsentText.slice(text.length);
    isAfterText = true;
    yield { type: "text", text };
  }

  return (event) => {
    if (event.event === "turn") isOfTurn = event.data.turn_id === turnId;
    // A stream that fails on the way says so for the turn that it was opened for.
    if (!isOfTurn && !isOfStream(event))
      return event.event === "waiting" ? [{ type: "barred" }] : [];
    view = foldEvent(view, event);
    switch (event.event) {
      case "turn":
        return [{ type: "turn", turnId, attempt: event.data.attempt }];
      case "reasoning":
        return [{ type: "reasoning", text: event.data.text }];
      case "error":
      case "done":
      case "stopped":
      case "waiting":
        return [...difference(event, true), { type: "end", end: event }];
      case "snapshot": {
        const { attempt, restarts } = view;
        return [{ type: "snapshot", attempt, restarts }, ...difference(event, false)];
      }
      default:
        return [...difference(event, false)];
    }
  };
}

const isOpen = ({ state }: ToolCall) => state === "running" || state === "waiting";

/** A snapshot repeats every call. */
const hasChanged = (sent: ToolCall, tool: ToolCall) =>
  sent.state !== tool.state ||
  sent.output !== tool.output ||
  sent.progress !== tool.progress ||
  sent.approval?.state !== tool.approval?.state;

const byId = (tools: readonly ToolCall[]) => new Map(tools.map((tool) => [tool.id, tool]));
