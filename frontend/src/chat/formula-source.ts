/** One formula as it was written. */
export interface FormulaSource {
  /** With its delimiters. */
  text: string;
  /** Between them; null while the formula is being written. */
  tex: string | null;
  /** On a line of its own. */
  isDisplay: boolean;
}

/**
 * Formulas travel through Markdown as code, the one thing that it leaves alone, behind this sign that has no meaning.
 * An answer with the sign in its code gets a formula that it could have had otherwise.
 */
const sign = "\ue0f0";

/** What holds no formula: fenced code, code, tags and automatic links, where links lead, escaped signs. */
const opaque = [
  /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?<fence>`{3,}|~{3,})[\s\S]*?(?:^[ \t>]*\k<fence>|(?![\s\S]))/,
  /(?<!`)(?<ticks>`+)(?!`)[\s\S]*?(?<!`)\k<ticks>(?!`)/,
  /<[A-Za-z/!][^>\n]{0,500}>/,
  /\]\([^)\n]{0,2000}\)/,
  /\\[^[(]/,
];

/** None reaches over an empty line, or is so long that looking for its end over and over would be felt. */
const formulas = [
  /\\\[(?:\\[^\]\n]|[^\\\n]|\n(?![ \t]*\n)){1,2000}\\\]/,
  /\\\((?:\\[^)\n]|[^\\\n]|\n(?![ \t]*\n)){1,500}\\\)/,
  /\$\$(?:\\[\s\S]|[^\\$\n]|\n(?![ \t]*\n)){1,2000}\$\$/,
  // A single dollar is money, unless it is close to what it encloses: `$5 and $6` is no formula.
  /(?<![\p{L}\p{N}$\\/])\$(?![\s$])(?:\\[^\n]|[^\\$\n]){1,500}(?<!\s)\$(?![\p{L}\p{N}$])/u,
  // The beginning of one on lines of its own: read as Markdown it would become a list, then a formula.
  /(?<=^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?:\\\[|\$\$(?=\s*(?:\\|(?![\s\S]))|[ \t]*\n))[^`]{0,2000}(?![\s\S])/,
];

const either = (patterns: RegExp[]) => patterns.map(({ source }) => source).join("|");
const parts = new RegExp(`${either(opaque)}|(?<!\`)(?<formula>${either(formulas)})(?!\`)`, "gmu");

/** The Markdown with its formulas, `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, as code that `readFormula` knows. */
export function hideFormulas(markdown: string): string {
  // Most answers have none.
  if (!/\$|\\[[(]/.test(markdown)) return markdown;
  const runs = markdown.match(/`+/g) ?? [];
  const ticks = "`".repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  const lineBegin = markdown.trimStart().startsWith(">") ? /\s*\n[ \t>]*/g : /\s*\n[ \t]*/g;
  let hidden = "";
  let end = 0;
  for (const match of markdown.matchAll(parts)) {
    const formula = match.groups?.formula;
    if (formula === undefined) continue;
    const inOneLine = formula.replace(lineBegin, " ");
    const before = markdown.slice(end, match.index);
    const line = markdown.slice(markdown.lastIndexOf("\n", match.index) + 1, match.index);
    const isInTable = line.trimStart().startsWith("|");
    hidden += before + ticks + sign + (isInTable ? withoutBars(inOneLine) : inOneLine) + ticks;
    end = match.index + match[0].length;
  }
  return hidden + markdown.slice(end);
}

/** The formula that a piece of code stands for; null for code. */
export function readFormula(code: string): FormulaSource | null {
  if (!code.startsWith(sign)) return null;
  const text = code.slice(sign.length);
  const isDisplay = text.startsWith("\\[") || text.startsWith("$$");
  const isWhole = /^(?:\\\[[\s\S]*\\\]|\\\([\s\S]*\\\)|\$\$[\s\S]+\$\$|\$[^$][\s\S]*\$)$/.test(
    text,
  );
  const width = /^\$[^$]/.test(text) ? 1 : 2;
  return { text, tex: isWhole ? text.slice(width, -width) : null, isDisplay };
}

/** Where code or an image's name has taken in what looked like a formula: as it was. */
export function restoreFormulas(text: string): string {
  return text.replace(/(`*)\ue0f0([\s\S]*?)\1(?!`)/g, "$2");
}

/** A bar would end the cell. */
const withoutBars = (tex: string) => tex.replace(/(?<!\\)\|/g, "\\vert ");
