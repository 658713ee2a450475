import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Definition, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import { plainText } from "./plain-text.ts";

export const repositoryRoot = join(import.meta.dirname, "../..");

/** One Markdown file of the repository. */
export interface Document {
  /** From the root of the repository: `docs/architecture.md`. */
  path: string;
  /** The text of the first heading, or the path. */
  title: string;
  tree: Root;
  /** The anchor of each heading, as GitHub makes it, so that links work there and here. */
  anchors: Map<Nodes, string>;
  /** Addresses that the text defines once and uses by name. */
  definitions: Map<string, Definition>;
}

/** Returns the paths of this project's documentation: the README first, then the pages of `docs/`. */
export function documentPaths(): string[] {
  return ["README.md", ...globSync("docs/**/*.md", { cwd: repositoryRoot }).sort()];
}

/** Its tables list the names and results of test cases: words of questions, and no answers to them. */
const withoutAnswers = "docs/evaluation.md";

/** Returns the paths of the pages that answer questions. */
export const answeringPaths = (): string[] =>
  documentPaths().filter((path) => path !== withoutAnswers);

/** Reads and parses a page. @throws Error if there is no such file */
export function readDocument(path: string): Document {
  return parseDocument(path, readFileSync(join(repositoryRoot, path), "utf8"));
}

/** Parses the Markdown of a page. */
export function parseDocument(path: string, markdown: string): Document {
  const tree = fromMarkdown(markdown, {
    extensions: [gfmTable(), gfmTaskListItem(), gfmStrikethrough(), gfmAutolinkLiteral()],
    mdastExtensions: [
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmAutolinkLiteralFromMarkdown(),
    ],
  });
  const anchors = new Map<Nodes, string>();
  const definitions = new Map<string, Definition>();
  const used = new Map<string, number>();
  for (const node of nodesOf(tree)) {
    if (node.type === "definition") definitions.set(node.identifier, node);
    if (node.type !== "heading") continue;
    const name = anchorOf(plainText(node));
    const times = used.get(name) ?? 0;
    used.set(name, times + 1);
    anchors.set(node, times === 0 ? name : `${name}-${times}`);
  }
  const [first] = anchors.keys();
  return { path, title: first ? plainText(first) : path, tree, anchors, definitions };
}

/** Returns a node and all nodes below, in the order of the text. */
export function* nodesOf(node: Nodes): Generator<Nodes> {
  yield node;
  if (!("children" in node)) return;
  for (const child of node.children) yield* nodesOf(child);
}

/** As GitHub does: letters, digits, `_` and `-` stay, and a space becomes a hyphen. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
