import type { Definition, FootnoteDefinition, FootnoteReference, Nodes } from "mdast";
import { createContext } from "react";
import { allowedUrl } from "./link-policy.ts";
import type { Blocks } from "./markdown-blocks.ts";

/** What the blocks of an answer know of each other. */
export interface References {
  /** By identifier. */
  definitions: Map<string, Definition>;
  /** Definitions that would not be seen otherwise: they lead nowhere, or nothing refers to them. */
  shownDefinitions: Set<Definition>;
  /** In the order of their numbers: as the text refers to them, then those that it does not refer to. */
  notes: FootnoteDefinition[];
  /** The first reference to each note, by the note's identifier. */
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

/** Those of the text first, then those of the notes that it refers to. */
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

/** The first of a name counts. */
function firstOfEach<T extends { identifier: string }>(nodes: T[]): Map<string, T> {
  const first = new Map<string, T>();
  for (const node of nodes) if (!first.has(node.identifier)) first.set(node.identifier, node);
  return first;
}
