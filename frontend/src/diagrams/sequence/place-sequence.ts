import { lineHeight, type MeasureText, type Size, textSize } from "../geometry.ts";
import type { ArrowHead, Participant, SequenceDiagram, SequenceStep } from "./sequence.ts";

export interface PlacedMessage {
  /** Where the line begins and ends. The same height: a message takes no time. */
  fromX: number;
  toX: number;
  y: number;
  /** The message of a participant to itself bends out to the right. */
  isSelf: boolean;
  lines: string[];
  isDotted: boolean;
  start: ArrowHead;
  end: ArrowHead;
  /** From 1, if the diagram numbers its messages. */
  number: number | undefined;
}

/** A rectangle by its left top corner. */
interface Rectangle extends Size {
  x: number;
  y: number;
}

export interface PlacedSequence extends Size {
  participants: (Participant & { x: number; width: number })[];
  /** The height of the heads at the top and at the bottom. */
  headHeight: number;
  messages: PlacedMessage[];
  notes: (Rectangle & { lines: string[] })[];
  activations: Rectangle[];
  blocks: (Rectangle & {
    block: string;
    lines: string[];
    parts: { y: number; lines: string[] }[];
  })[];
}

const margin = 8;
const rowGap = 14;
const activationWidth = 10;
const selfWidth = 36;
export const personHeight = 40;

/** Returns where each part of a sequence diagram is, in pixels. */
export function placeSequence(diagram: SequenceDiagram, measure: MeasureText): PlacedSequence {
  const columns = placeColumns(diagram, measure);
  const headHeight = Math.max(
    ...diagram.participants.map(
      ({ lines, isPerson }) => lines.length * lineHeight + 16 + (isPerson ? personHeight : 0),
    ),
  );
  const rows = placeRows(diagram, columns, margin + headHeight + rowGap, measure);
  const rectangles = [...rows.notes, ...rows.blocks];
  const ends = [...columns.values()].map(({ x, width }) => x + width / 2);
  const left = Math.min(margin, ...rectangles.map(({ x }) => x - margin));
  const right = Math.max(
    ...ends,
    ...rectangles.map(({ x, width }) => x + width),
    ...rows.messages.map(({ fromX, lines, isSelf }) =>
      isSelf ? fromX + selfWidth + textSize(lines, measure).width + 8 : 0,
    ),
  );
  // A note at the left of the first participant moves everything to the right.
  const shift = margin - Math.min(margin, left);
  const moved = <Part extends { x: number }>(part: Part) => ({ ...part, x: part.x + shift });
  return {
    width: right + shift + margin,
    height: rows.bottom + headHeight + margin,
    headHeight,
    participants: diagram.participants.map((participant) => {
      const { x, width } = columnOf(columns, participant.id);
      return { ...participant, x: x + shift, width };
    }),
    messages: rows.messages.map((message) => ({
      ...message,
      fromX: message.fromX + shift,
      toX: message.toX + shift,
    })),
    notes: rows.notes.map(moved),
    activations: rows.activations.map(moved),
    blocks: rows.blocks.map(moved),
  };
}

/** The middle of a participant's line, and the width of its head. */
interface Column {
  x: number;
  width: number;
  index: number;
}

function columnOf(columns: ReadonlyMap<string, Column>, id: string): Column {
  const column = columns.get(id);
  if (column === undefined) throw new Error("A step names no participant.");
  return column;
}

/** Places the participants so far apart that each text between two neighbours has room. */
function placeColumns(
  { participants, steps }: SequenceDiagram,
  measure: MeasureText,
): Map<string, Column> {
  const widths = participants.map(({ lines }) => textSize(lines, measure).width + 28);
  const indexes = new Map(participants.map(({ id }, index) => [id, index]));
  const gaps = participants.map((_, index) =>
    Math.max(((widths[index] ?? 0) + (widths[index + 1] ?? 0)) / 2 + 24, 80),
  );
  for (const step of steps) {
    const room = roomFor(step, indexes, measure);
    if (room === null) continue;
    const { first, last, width } = room;
    const share = width / Math.max(1, last - first);
    for (let index = first; index < last; index += 1)
      gaps[index] = Math.max(gaps[index] ?? 0, share);
  }
  let x = margin + (widths[0] ?? 0) / 2;
  return new Map(
    participants.map(({ id }, index) => {
      const column = { x, width: widths[index] ?? 0, index };
      x += gaps[index] ?? 0;
      return [id, column];
    }),
  );
}

/** Returns between which columns the text of a step must fit. */
function roomFor(step: SequenceStep, indexes: ReadonlyMap<string, number>, measure: MeasureText) {
  if (step.kind !== "message" && step.kind !== "note") return null;
  const named = step.kind === "message" ? [step.from, step.to] : step.of;
  const places = named.map((id) => indexes.get(id) ?? 0);
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const { width } = textSize(step.lines, measure);
  if (step.kind === "message") {
    return first === last
      ? { first, last: first + 1, width: width + selfWidth + 24 }
      : { first, last, width: width + 40 };
  }
  if (step.side === "right") return { first: last, last: last + 1, width: width + 40 };
  if (step.side === "left")
    return first === 0 ? null : { first: first - 1, last: first, width: width + 40 };
  return first === last ? null : { first, last, width: width - 20 };
}

type Rows = Pick<PlacedSequence, "messages" | "notes" | "activations" | "blocks"> & {
  bottom: number;
};

function placeRows(
  { steps, participants, isNumbered }: SequenceDiagram,
  columns: ReadonlyMap<string, Column>,
  top: number,
  measure: MeasureText,
): Rows {
  const rows: Rows = { messages: [], notes: [], activations: [], blocks: [], bottom: top };
  const active = new Map<string, number[]>(participants.map(({ id }) => [id, []]));
  const open: { block: Rows["blocks"][number]; depth: number; reach: [number, number] }[] = [];
  let y = top;

  /** Widens the open blocks so that they hold this stretch. */
  const reach = (left: number, right: number) => {
    for (const each of open)
      each.reach = [Math.min(each.reach[0], left), Math.max(each.reach[1], right)];
  };
  const edgeOf = (id: string, towards: number) => {
    const { x } = columnOf(columns, id);
    const level = active.get(id)?.length ?? 0;
    if (level === 0) return x;
    return x + (towards >= x ? 1 : -1) * (activationWidth / 2);
  };

  for (const step of steps) {
    switch (step.kind) {
      case "message": {
        const [from, to] = [columnOf(columns, step.from), columnOf(columns, step.to)];
        const isSelf = step.from === step.to;
        const text = textSize(step.lines, measure);
        y += text.height + 6;
        const { lines, isDotted, start, end } = step;
        rows.messages.push({
          ...{ lines, isDotted, start, end, isSelf, y },
          fromX: edgeOf(step.from, isSelf ? from.x + 1 : to.x),
          toX: edgeOf(step.to, isSelf ? from.x + 1 : from.x),
          number: isNumbered ? rows.messages.length + 1 : undefined,
        });
        reach(
          Math.min(from.x, to.x),
          isSelf ? from.x + selfWidth + text.width : Math.max(from.x, to.x),
        );
        y += rowGap + (isSelf ? 22 : 0);
        break;
      }
      case "note": {
        const text = textSize(step.lines, measure);
        const places = step.of.map((id) => columnOf(columns, id).x);
        const [first, last] = [Math.min(...places), Math.max(...places)];
        const width = Math.max(text.width + 20, step.side === "over" ? last - first + 40 : 0);
        const x =
          step.side === "left"
            ? first - width - 12
            : step.side === "right"
              ? last + 12
              : (first + last) / 2 - width / 2;
        const note = { x, y, width, height: text.height + 12, lines: step.lines };
        rows.notes.push(note);
        reach(x, x + width);
        y += note.height + rowGap;
        break;
      }
      case "activate":
        active.get(step.participant)?.push(y - rowGap);
        break;
      case "deactivate": {
        const began = active.get(step.participant)?.pop();
        if (began !== undefined) rows.activations.push(bar(step.participant, began, y - rowGap));
        break;
      }
      case "begin": {
        const block = {
          block: step.block,
          lines: step.lines,
          parts: [],
          x: 0,
          y,
          width: 0,
          height: 0,
        };
        rows.blocks.push(block);
        open.push({ block, depth: open.length, reach: [Number.POSITIVE_INFINITY, 0] });
        y += lineHeight + 12;
        break;
      }
      case "part":
        open.at(-1)?.block.parts.push({ y, lines: step.lines });
        y += lineHeight + 10;
        break;
      case "finish": {
        const closed = open.pop();
        if (closed === undefined) break;
        const all = [...columns.values()];
        const [left, right] = Number.isFinite(closed.reach[0])
          ? closed.reach
          : [all[0]?.x ?? 0, all.at(-1)?.x ?? 0];
        const label = `${closed.block.block}  ${closed.block.lines.join(" ")}`;
        closed.block.x = left - 20;
        closed.block.width = Math.max(right - left + 40, measure(label) + 40);
        closed.block.height = y - closed.block.y;
        reach(closed.block.x, closed.block.x + closed.block.width);
        y += rowGap;
        break;
      }
    }
  }
  // A bar that nobody ends goes on to the bottom.
  for (const [id, begins] of active)
    for (const began of begins) rows.activations.push(bar(id, began, y));
  return { ...rows, bottom: y + 4 };

  function bar(id: string, began: number, ended: number): Rectangle {
    const { x } = columnOf(columns, id);
    const level = active.get(id)?.length ?? 0;
    const left = x - activationWidth / 2 + level * (activationWidth / 2);
    return { x: left, y: began, width: activationWidth, height: Math.max(8, ended - began) };
  }
}
