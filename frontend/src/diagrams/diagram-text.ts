/** The lines of a diagram's source without comments, directives and front matter. A line keeps its number in the source, from 1. */
export interface SourceLine {
  number: number;
  text: string;
}

/** The source cannot be drawn: it breaks Mermaid's grammar or uses a part of it that we do not draw. */
export class DiagramFault extends Error {
  readonly line: number;

  constructor(line: number) {
    super(`Line ${line} cannot be drawn.`);
    this.line = line;
  }
}

/** Returns the lines that hold statements, and the title of the front matter. */
export function readLines(source: string): { title: string | undefined; lines: SourceLine[] } {
  const all = source
    .split(/\r\n?|\n/)
    .map((text, index): SourceLine => ({ number: index + 1, text: text.trim() }));
  const first = all.findIndex(({ text }) => text !== "");
  const end =
    all[first]?.text === "---" ? all.findIndex(({ text }, i) => i > first && text === "---") : -1;
  const title = all
    .slice(first, Math.max(first, end))
    .map(({ text }) => /^title:\s*(.+)$/.exec(text)?.[1])
    .find((found) => found !== undefined);
  const lines = all.slice(end + 1).filter(({ text }) => text !== "" && !text.startsWith("%%"));
  return { title: title?.replace(/^(["'])(.*)\1$/, "$2"), lines };
}

const namedCharacters: Record<string, string> = {
  amp: "&",
  gt: ">",
  lt: "<",
  nbsp: " ",
  quot: '"',
  semi: ";",
};

/**
 * Returns the lines of a label: line breaks and characters written as codes are replaced, marks of emphasis and icons are left
 * out. Nothing in a label is ever read as HTML.
 */
export function labelLines(label: string): string[] {
  const isMarkdown = /^\s*`[\s\S]*`\s*$/.test(label);
  const text = isMarkdown
    ? label
        .trim()
        .slice(1, -1)
        .replace(/\*\*|__|(?<![\p{L}\p{N}])[*_]|[*_](?![\p{L}\p{N}])/gu, "")
    : label;
  return text
    .replace(/<br\s*\/?>|\\n/gi, "\n")
    .replace(/<\/?[a-z][^<>]*>/gi, "")
    .replace(/\bfa[bklrs]?:fa-[\w-]+\s?/g, "")
    .replace(/[#&](#?\w{1,8});/g, readCharacter)
    .split("\n")
    .map((line) => line.trim())
    .filter((line, _, lines) => line !== "" || lines.length === 1);
}

function readCharacter(whole: string, code: string): string {
  const named = namedCharacters[code];
  if (named !== undefined) return named;
  const digits = /^#?(\d{1,7})$/.exec(code)?.[1];
  const point = digits === undefined ? undefined : Number(digits);
  return point !== undefined && point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
}
