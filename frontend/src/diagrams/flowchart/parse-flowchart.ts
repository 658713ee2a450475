import { DiagramFault, labelLines, readLines } from "../diagram-text.ts";
import type { EdgeEnd, Flowchart, FlowEdge, FlowGroup, FlowNode, NodeShape } from "./flowchart.ts";

/** Openers of a node's text with their closers. A longer opener comes before the opener that it begins with. */
const shapes: [opener: string, closers: Record<string, NodeShape>][] = [
  ["(((", { ")))": "double-circle" }],
  ["((", { "))": "circle" }],
  ["([", { "])": "stadium" }],
  ["(-", { "-)": "ellipse" }],
  ["[[", { "]]": "subroutine" }],
  ["[(", { ")]": "cylinder" }],
  ["[/", { "/]": "lean-right", "\\]": "trapezoid" }],
  ["[\\", { "\\]": "lean-left", "/]": "inverse-trapezoid" }],
  ["{{", { "}}": "hexagon" }],
  ["{", { "}": "diamond" }],
  ["[", { "]": "rectangle" }],
  ["(", { ")": "round" }],
  [">", { "]": "flag" }],
];

/** The shapes of `@{ shape: … }` that have another name here. Every other shape is drawn as a rectangle. */
const namedShapes: Record<string, NodeShape> = {
  circ: "circle",
  circle: "circle",
  cyl: "cylinder",
  cylinder: "cylinder",
  database: "cylinder",
  db: "cylinder",
  "dbl-circ": "double-circle",
  diam: "diamond",
  diamond: "diamond",
  decision: "diamond",
  question: "diamond",
  event: "round",
  rounded: "round",
  "fr-rect": "subroutine",
  subprocess: "subroutine",
  subproc: "subroutine",
  hex: "hexagon",
  hexagon: "hexagon",
  prepare: "hexagon",
  "lean-l": "lean-left",
  "lean-r": "lean-right",
  "in-out": "lean-right",
  "out-in": "lean-left",
  odd: "flag",
  pill: "stadium",
  stadium: "stadium",
  terminal: "stadium",
  "trap-b": "trapezoid",
  "trap-t": "inverse-trapezoid",
};

const header = /^(?:flowchart|graph|flowchart-elk)(?:\s+(TB|TD|BT|LR|RL|[<>^v]))?\s*(?:;|$)/;
const directions: Record<string, Flowchart["direction"]> = {
  ...{ TB: "TB", TD: "TB", BT: "BT", LR: "LR", RL: "RL" },
  ...{ v: "TB", "^": "BT", ">": "LR", "<": "RL" },
};

/** Statements about looks and links. They end with their line, and a diagram is drawn without them. */
const ignored = /^(?:classDef|class|style|linkStyle|click|accTitle|direction)\b/;

const linkPatterns: [RegExp, FlowEdge["stroke"]][] = [
  [/([xo<])?--+([-xo>])/y, "normal"],
  [/([xo<])?==+([=xo>])/y, "thick"],
  [/([xo<])?-?\.+-([xo>])?/y, "dotted"],
  [/~~~+()()/y, "invisible"],
];

/** A link with its text inside: `-- text -->`. The second pattern finds where the text ends. */
const openLinks: [RegExp, RegExp, FlowEdge["stroke"]][] = [
  [/([xo<])?--/y, /--+([-xo>])/g, "normal"],
  [/([xo<])?==/y, /==+([=xo>])/g, "thick"],
  [/([xo<])?-\./y, /\.+-([xo>])?/g, "dotted"],
];

const identifier = /(?:[\p{L}\p{M}\p{N}_.!#$%'*+?\\/:]|-(?![-.>])|=(?!=))+/uy;

/**
 * Reads a flowchart in Mermaid's syntax (https://mermaid.js.org/syntax/flowchart.html, version 12).
 * @throws DiagramFault with the line that cannot be read
 */
export function parseFlowchart(source: string): Flowchart {
  const { title, lines } = readLines(source);
  const [first, ...rest] = lines;
  const found = header.exec(first?.text ?? "");
  if (first === undefined || found === null) throw new DiagramFault(first?.number ?? 1);
  const chart = createChart(title, directions[found[1] ?? "TB"] ?? "TB");
  const remainder = { number: first.number, text: first.text.slice(found[0].length).trim() };
  const statements = joinOpenLines([remainder, ...rest]);
  let description = false;
  for (const { number, text } of statements) {
    if (/^accDescr\s*\{/.test(text)) description = !text.includes("}");
    else if (description) description = !text.includes("}");
    else if (!/^accDescr\b/.test(text)) readStatements(text, number, chart);
  }
  return chart.finish(statements.at(-1)?.number ?? 1);
}

/** Joins lines while a quoted text is open, because such a text may have several lines. */
function joinOpenLines(lines: { number: number; text: string }[]): typeof lines {
  const joined: typeof lines = [];
  let isOpen = false;
  for (const line of lines) {
    const last = joined.at(-1);
    if (isOpen && last !== undefined) last.text += `\n${line.text}`;
    else joined.push({ ...line });
    if ((line.text.match(/"/g) ?? []).length % 2 === 1) isOpen = !isOpen;
  }
  return joined;
}

type Chart = ReturnType<typeof createChart>;

function createChart(title: string | undefined, direction: Flowchart["direction"]) {
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const edgeIds = new Set<string>();
  const groups = new Map<string, FlowGroup>();
  const open: FlowGroup[] = [];
  const grouped = new Set<string>();

  function join(id: string): void {
    if (grouped.has(id)) return;
    const group = open.at(-1);
    if (group === undefined || group.id === id) return;
    grouped.add(id);
    group.members.push(id);
  }

  return {
    addNode(id: string, shape?: NodeShape, label?: string): void {
      join(id);
      const known = nodes.get(id);
      const changes = {
        ...(shape && { shape }),
        ...(label !== undefined && { lines: labelLines(label) }),
      };
      nodes.set(id, { ...(known ?? { id, shape: "rectangle", lines: [id] }), ...changes });
    },
    nameEdge(id: string): void {
      edgeIds.add(id);
    },
    /** What follows the id of an edge says how it looks and moves. */
    isEdge: (id: string) => edgeIds.has(id),
    addEdge(edge: FlowEdge): void {
      edges.push(edge);
    },
    openGroup(id: string, label: string): void {
      join(id);
      const group: FlowGroup = { id, lines: labelLines(label), members: [] };
      groups.set(id, group);
      open.push(group);
    },
    closeGroup: () => open.pop() !== undefined,
    finish(lastLine: number): Flowchart {
      if (open.length > 0 || nodes.size === 0) throw new DiagramFault(lastLine);
      // An edge may name a group, which is not a node then.
      for (const id of groups.keys()) nodes.delete(id);
      // A frame without members is drawn as a node.
      for (const { id, lines, members } of [...groups.values()]) {
        if (members.length > 0) continue;
        groups.delete(id);
        nodes.set(id, { id, shape: "rectangle", lines });
      }
      const all = { nodes: [...nodes.values()], groups: [...groups.values()] };
      return { kind: "flowchart", title, direction, edges, ...all };
    },
  };
}

function readStatements(text: string, line: number, chart: Chart): void {
  const group = /^subgraph\b\s*(.*?);?$/s.exec(text);
  if (group) {
    openGroup(group[1] ?? "", line, chart);
    return;
  }
  if (/^end\s*;?$/.test(text)) {
    if (!chart.closeGroup()) throw new DiagramFault(line);
    return;
  }
  if (ignored.test(text)) return;
  const reader = createReader(text, line);
  for (;;) {
    reader.skip(/[\s;]+/y);
    if (reader.isAtEnd()) return;
    if (reader.match(/%%/y)) return;
    readChain(reader, chart);
  }
}

function openGroup(text: string, line: number, chart: Chart): void {
  const bracketed = /^(\S+?)\s*\[\s*"?([\s\S]*?)"?\s*\]$/.exec(text);
  const quoted = /^"([\s\S]*)"$/.exec(text);
  if (bracketed) chart.openGroup(bracketed[1] ?? "", bracketed[2] ?? "");
  else chart.openGroup(quoted?.[1] ?? (text || `group of line ${line}`), quoted?.[1] ?? text);
}

type Reader = ReturnType<typeof createReader>;

function createReader(text: string, line: number) {
  let at = 0;

  /** Applies a sticky pattern at the current place. */
  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  }

  return {
    line,
    match,
    skip: (pattern: RegExp) => void match(pattern),
    isAtEnd: () => at >= text.length,
    startsWith: (part: string) => text.startsWith(part, at),
    fault: () => new DiagramFault(line),
    /** Reads up to the first of these ends, and over it. Returns null if none comes. */
    readUntil(ends: readonly string[]): { text: string; end: string } | null {
      const places = ends.map((end) => ({ end, from: text.indexOf(end, at) }));
      const [next] = places.filter(({ from }) => from >= 0).sort((a, b) => a.from - b.from);
      if (next === undefined) return null;
      const found = { text: text.slice(at, next.from), end: next.end };
      at = next.from + next.end.length;
      return found;
    },
    /** Reads up to a match of a global pattern, and over it. */
    readUntilMatch(pattern: RegExp): { text: string; found: RegExpExecArray } | null {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found === null) return null;
      const before = text.slice(at, found.index);
      at = pattern.lastIndex;
      return { text: before, found };
    },
    place: () => at,
    moveTo(place: number): void {
      at = place;
    },
  };
}

/** Reads `A & B --> C -- text --> D`. */
function readChain(reader: Reader, chart: Chart): void {
  let before = readNodes(reader, chart);
  for (;;) {
    const link = readLink(reader, chart);
    if (link === null) return;
    const after = readNodes(reader, chart);
    for (const from of before) for (const to of after) chart.addEdge({ ...link, from, to });
    before = after;
  }
}

function readNodes(reader: Reader, chart: Chart): string[] {
  const ids = [readNode(reader, chart)];
  for (;;) {
    if (!reader.match(/\s*&\s*/y)) return ids;
    ids.push(readNode(reader, chart));
  }
}

function readNode(reader: Reader, chart: Chart): string {
  reader.skip(/\s+/y);
  const written = reader.match(identifier)?.[0];
  if (written === undefined) throw reader.fault();
  // A class is written behind three colons, and an id may have colons.
  const [id = "", className] = written.split(":::");
  if (id === "") throw reader.fault();
  if (className === undefined) readLook(id, reader, chart);
  else chart.addNode(id);
  reader.skip(/:::[\w-]+/y);
  return id;
}

function readLook(id: string, reader: Reader, chart: Chart): void {
  if (reader.match(/@\{/y)) {
    const fields = reader.readUntil(["}"])?.text;
    if (fields === undefined) throw reader.fault();
    if (chart.isEdge(id)) return;
    const shape = /\bshape:\s*"?([\w-]+)/.exec(fields)?.[1];
    const label = /\blabel:\s*(?:"([^"]*)"|'([^']*)'|([^,\n]*))/.exec(fields);
    const text = label?.[1] ?? label?.[2] ?? label?.[3];
    chart.addNode(id, namedShapes[shape ?? ""] ?? "rectangle", text);
    return;
  }
  const opened = shapes.find(([opener]) => reader.startsWith(opener));
  if (opened === undefined) {
    chart.addNode(id);
    return;
  }
  const [opener, closers] = opened;
  reader.moveTo(reader.place() + opener.length);
  const ends = Object.keys(closers);
  const quoted = reader.match(/\s*"([^"]*)"\s*/y)?.[1];
  const read = reader.readUntil(ends);
  if (read === null || (quoted !== undefined && read.text !== "")) throw reader.fault();
  chart.addNode(id, closers[read.end], quoted ?? read.text);
}

type Link = Omit<FlowEdge, "from" | "to">;

const ends: Record<string, EdgeEnd> = { "<": "arrow", ">": "arrow", o: "circle", x: "cross" };

function readLink(reader: Reader, chart: Chart): Link | null {
  const start = reader.place();
  reader.skip(/\s*/y);
  const edgeId = reader.match(/([\w-]+)@(?=[xo<]?[-=.~])/y)?.[1];
  if (edgeId !== undefined) chart.nameEdge(edgeId);
  for (const [pattern, stroke] of linkPatterns) {
    const found = reader.match(pattern);
    if (found === null) continue;
    reader.skip(/\s+/y);
    const label = reader.match(/\|\s*(?:"([^"]*)"|([^|]*))\s*\|/y);
    return linkOf(stroke, found[1], found[2], label?.[1] ?? label?.[2] ?? "", found[0]);
  }
  for (const [opening, closing, stroke] of openLinks) {
    const found = reader.match(opening);
    if (found === null) continue;
    const read = reader.readUntilMatch(closing);
    if (read === null) throw reader.fault();
    const label = read.text.trim().replace(/^"([\s\S]*)"$/, "$1");
    return linkOf(stroke, found[1], read.found[1], label, read.found[0]);
  }
  reader.moveTo(start);
  return null;
}

function linkOf(
  stroke: Link["stroke"],
  start: string | undefined,
  end: string | undefined,
  label: string,
  line: string,
): Link {
  const dots = /\.+/.exec(line)?.[0].length;
  const dashes = line.replace(/[xo<>]/g, "").length - (end && ends[end] ? 1 : 2);
  return {
    stroke,
    start: ends[start ?? ""] ?? "none",
    end: ends[end ?? ""] ?? "none",
    lines: label.trim() === "" ? [] : labelLines(label),
    length: Math.max(1, stroke === "dotted" ? (dots ?? 1) : stroke === "invisible" ? 1 : dashes),
  };
}
