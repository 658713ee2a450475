import type { Definition, FootnoteDefinition, FootnoteReference, Nodes } from "mdast";
import { createContext } from "react";
import { allowedUrl } from "./link-policy.ts";
import type { Blocks } from "./markdown-blocks.ts";

/** The definitions and footnotes that the blocks of an answer share. */
export interface References {
  /** Definitions by identifier. */
  definitions: Map<string, Definition>;
  /** Definitions that the page shows as text: their address is not allowed, or no link uses them. */
  shownDefinitions: Set<Definition>;
  /** In the order of their numbers: first the notes that the text calls, in order of calls, then all others. */
  notes: FootnoteDefinition[];
  /** The first call of each note, by the note's identifier. */
  calls: Map<string, FootnoteReference>;
}

const none: References = {
  definitions: new Map(),
  shownDefinitions: new Set(),
  notes: [],
  calls: new Map(),
};

export const ReferencesContext = createContext({ references: none, id: "" });

export function readReferences({ blocks, labels }: Blocks): References {
  if (labels.length === 0) return none;
  const nodes = blocks.flatMap((block) => [...walk(block)]);
  const definitions = firstOfEach(nodes.filter((node) => node.type === "definition"));
  const notes = firstOfEach(nodes.filter((node) => node.type === "footnoteDefinition"));
  const used = new Set(
    nodes
      .filter((node) => node.type === "linkReference" || node.type === "imageReference")
      .map(({ identifier }) => identifier),
  );
  const calls = firstOfEach(callsInOrder(nodes, notes));
  const called = [...calls.keys()].flatMap((identifier) => notes.get(identifier) ?? []);
  return {
    definitions,
    shownDefinitions: new Set(
      nodes
        .filter((node) => node.type === "definition")
        .filter(({ identifier, url }) => !used.has(identifier) || allowedUrl(url) === null),
    ),
    notes: [...new Set([...called, ...notes.values()])],
    calls,
  };
}

/** Returns the calls in the text, then the calls in notes. */
function callsInOrder(nodes: Nodes[], notes: Map<string, FootnoteDefinition>): FootnoteReference[] {
  const inNotes = new Set([...notes.values()].flatMap((note) => [...walk(note)]));
  const calls = nodes.filter((node) => node.type === "footnoteReference");
  return [
    ...calls.filter((call) => !inNotes.has(call)),
    ...calls.filter((call) => inNotes.has(call)),
  ];
}

function* walk(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* walk(child);
}

/** Returns the first node of each identifier: later definitions do not count (CommonMark). */
function firstOfEach<T extends { identifier: string }>(nodes: T[]): Map<string, T> {
  const first = new Map<string, T>();
  for (const node of nodes) if (!first.has(node.identifier)) first.set(node.identifier, node);
  return first;
}
