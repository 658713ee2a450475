import { DiagramFault, labelLines, readLines } from "../diagram-text.ts";
import type { ArrowHead, Participant, SequenceDiagram, SequenceStep } from "./sequence.ts";

/** The lines of messages, in Mermaid's order of precedence: `-->>` comes before `-->` and `->`. */
const arrows: [written: string, isDotted: boolean, start: ArrowHead, end: ArrowHead][] = [
  ["<<-->>", true, "arrow", "arrow"],
  ["<<->>", false, "arrow", "arrow"],
  ["-->>", true, "none", "arrow"],
  ["->>", false, "none", "arrow"],
  ["--x", true, "none", "cross"],
  ["-x", false, "none", "cross"],
  ["--)", true, "none", "open"],
  ["-)", false, "none", "open"],
  ["-->", true, "none", "none"],
  ["->", false, "none", "none"],
];

const blocks = ["loop", "alt", "opt", "par", "par_over", "critical", "break", "rect"];
const parts = ["else", "and", "option"];
const ignored = /^(?:links?|properties|details|accTitle|accDescr)\b/;

/**
 * Reads a sequence diagram in Mermaid's syntax (https://mermaid.js.org/syntax/sequenceDiagram.html, version 12).
 * @throws DiagramFault with the line that cannot be read
 */
export function parseSequence(source: string): SequenceDiagram {
  const { title, lines } = readLines(source);
  const [first, ...rest] = lines;
  if (first?.text.replace(/;$/, "").trim() !== "sequenceDiagram") {
    throw new DiagramFault(first?.number ?? 1);
  }
  const diagram = createDiagram(title);
  for (const { number, text } of rest) {
    for (const statement of statementsOf(text)) {
      if (!readStatement(statement, diagram)) throw new DiagramFault(number);
    }
  }
  const read = diagram.finish();
  if (read === null) throw new DiagramFault(rest.at(-1)?.number ?? first.number);
  return read;
}

/** A semicolon ends a statement, unless it ends the code of a character (`#59;`). */
const statementsOf = (line: string) =>
  line
    .split(/(?<![#&]\w{1,8});/)
    .map((statement) => statement.replace(/\s%%.*$/, "").trim())
    .filter((statement) => statement !== "");

type Diagram = ReturnType<typeof createDiagram>;

function createDiagram(frontTitle: string | undefined) {
  const participants = new Map<string, Participant>();
  const steps: SequenceStep[] = [];
  const open: ("block" | "box")[] = [];
  const active: string[] = [];
  let title = frontTitle;
  let isNumbered = false;

  const add = (id: string) => {
    if (!participants.has(id)) {
      participants.set(id, { id, lines: labelLines(id), isPerson: false });
    }
    return id;
  };

  return {
    setTitle(text: string): void {
      title = text;
    },
    number(): void {
      isNumbered = true;
    },
    declare(id: string, label: string, isPerson: boolean): void {
      participants.set(id, { id, lines: labelLines(label), isPerson });
    },
    add,
    step(step: SequenceStep): void {
      steps.push(step);
    },
    activate(id: string): void {
      active.push(add(id));
      steps.push({ kind: "activate", participant: id });
    },
    /** Returns false if the participant is not active. */
    deactivate(id: string): boolean {
      const index = active.lastIndexOf(id);
      if (index < 0) return false;
      active.splice(index, 1);
      steps.push({ kind: "deactivate", participant: id });
      return true;
    },
    open(what: "block" | "box"): void {
      open.push(what);
    },
    isInBlock: () => open.at(-1) === "block",
    /** Returns false if nothing is open. */
    close(): boolean {
      const closed = open.pop();
      if (closed === "block") steps.push({ kind: "finish" });
      return closed !== undefined;
    },
    finish(): SequenceDiagram | null {
      if (open.length > 0 || participants.size === 0) return null;
      return {
        kind: "sequence",
        title,
        isNumbered,
        participants: [...participants.values()],
        steps,
      };
    },
  };
}

/** Returns false if the statement cannot be read. */
function readStatement(text: string, diagram: Diagram): boolean {
  const [word = ""] = /^\w+/.exec(text) ?? [];
  const rest = text.slice(word.length).trim();
  if (ignored.test(text)) return true;
  if (word === "title") diagram.setTitle(rest.replace(/^:\s*/, ""));
  else if (word === "autonumber") {
    if (rest !== "off") diagram.number();
  } else if (["participant", "actor", "create", "destroy"].includes(word) && rest !== "") {
    return declare(text, diagram);
  } else if (word === "activate") diagram.activate(rest);
  else if (word === "deactivate") return diagram.deactivate(rest);
  else if (word === "box") diagram.open("box");
  else if (blocks.includes(word)) {
    diagram.open("block");
    // What follows `rect` is a colour.
    const lines = word === "rect" || rest === "" ? [] : labelLines(rest);
    diagram.step({ kind: "begin", block: word === "par_over" ? "par" : word, lines });
  } else if (parts.includes(word)) {
    if (!diagram.isInBlock()) return false;
    diagram.step({ kind: "part", lines: rest === "" ? [] : labelLines(rest) });
  } else if (word === "end" && rest === "") return diagram.close();
  else if (/^note$/i.test(word)) return readNote(rest, diagram);
  else return readMessage(text, diagram);
  return true;
}

function declare(text: string, diagram: Diagram): boolean {
  const created = /^(?:create\s+)?(participant|actor)\s+(.+)$/.exec(text);
  if (created === null) return /^destroy\s+\S/.test(text);
  const [, kind, declared = ""] = created;
  const [, id = "", shape = "", label] = /^(.*?)(@\{.*?\})?(?:\s+as\s+(.+))?$/.exec(declared) ?? [];
  const isPerson = kind === "actor" || /"type"\s*:\s*"actor"/.test(shape);
  diagram.declare(id.trim(), label?.trim() ?? id.trim(), isPerson);
  return id.trim() !== "";
}

function readNote(rest: string, diagram: Diagram): boolean {
  const found = /^(left of|right of|over)\s+([^:]+):(.*)$/i.exec(rest);
  if (found === null) return false;
  const [, place = "", named = "", text = ""] = found;
  const of = named.split(",").map((id) => diagram.add(id.trim()));
  const side = place.toLowerCase().replace(" of", "") as "left" | "right" | "over";
  diagram.step({ kind: "note", side, of, lines: labelLines(text.trim()) });
  return true;
}

function readMessage(text: string, diagram: Diagram): boolean {
  // The text of a message may hold arrows, too.
  const colon = text.indexOf(":");
  const ends = colon < 0 ? text : text.slice(0, colon);
  const places = arrows.map((arrow) => ({ arrow, at: ends.indexOf(arrow[0]) }));
  const [found] = places
    .filter(({ at }) => at > 0)
    .sort((a, b) => a.at - b.at || b.arrow[0].length - a.arrow[0].length);
  if (found === undefined) return false;
  const [written, isDotted, start, end] = found.arrow;
  const from = ends.slice(0, found.at).trim().replace(/\(\)$/, "");
  const target = ends.slice(found.at + written.length).trim();
  const to = target.replace(/^(?:\(\))?\s*[+-]?\s*/, "").replace(/^\(\)/, "");
  if (from === "" || to === "") return false;
  const lines = colon < 0 ? [] : labelLines(text.slice(colon + 1).trim());
  const message = { kind: "message", lines, isDotted, start, end } as const;
  diagram.step({ ...message, from: diagram.add(from), to: diagram.add(to) });
  if (target.startsWith("+")) diagram.activate(to);
  return !target.startsWith("-") || diagram.deactivate(from);
}
