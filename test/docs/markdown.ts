import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** The paths of all Markdown files of the repository, relative to its root. */
export const pages = globSync("{*.md,.github/**/*.md,docs/**/*.md,*/**/README.md}", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|\.local)(\/|$)/.test(path),
}).sort();

export const readPage = (path: string): string => readFileSync(join(root, path), "utf8");

/** The text of each cell of a row, by the column's title. */
type Row = Record<string, string>;

/** Returns the rows of the first table under a heading. */
export function readTable(path: string, heading: string): Row[] {
  const page = readPage(path).split("\n");
  const start = page.findIndex((line) => line.replace(/^#+ /, "") === heading && line !== heading);
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`);
  const lines = page.slice(start);
  const first = lines.findIndex((line) => line.startsWith("|"));
  const length = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  const [titles = [], , ...rows] = lines.slice(first, first + length).map(cellsOf);
  return rows.map((row) =>
    Object.fromEntries(titles.map((title, column) => [title, row[column] ?? ""])),
  );
}

/** Returns a cell without the backticks of code. */
export const plain = (cell: string | undefined): string => (cell ?? "").replaceAll("`", "");

/** Returns the anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const headings = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

/** Returns the targets of all links and images that lead into the repository. */
export function linksOf(text: string): string[] {
  const written = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)|src="([^"]+)"/g)];
  return written
    .map(([, link, source]) => link ?? source ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Returns the source files that a text names in backticks, by a path from the root, a path from the page's folder, or a name alone. */
export function filesNamedIn(text: string): string[] {
  const named = text.matchAll(/`([\w-][\w./-]*\.(?:ts|tsx|mjs|cjs|mts|yml|sql|md))`/g);
  return [...named].map(([, file = ""]) => file);
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, "");

function cellsOf(line: string): string[] {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  return cells.map((cell) => cell.trim());
}
