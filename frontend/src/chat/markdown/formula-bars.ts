import { canOpenDollar, isFormula } from "./formula-source.ts";

/**
 * The parser divides a table's rows into cells before it looks for formulas, and would divide `$P(A|B)$` too. So a bar
 * within a formula goes into the parser as a sign that the text does not hold, and comes out as a bar. `bar` is that
 * sign; null if there is none to hide.
 */
export function hideBars(text: string): { hidden: string; bar: string | null } {
  if (!/\|.*(?:\$|\\\()/.test(text)) return { hidden: text, bar: null };
  const bar = unusedSign(text);
  if (bar === undefined) return { hidden: text, bar: null };
  const hidden = text.replace(/^.*\|.*$/gm, (line) => hideInLine(line, bar));
  return { hidden, bar: hidden === text ? null : bar };
}

function hideInLine(line: string, bar: string): string {
  // Each ends at the next sign of its own kind: a line is read no more than twice.
  const candidates = /\\\((?:[^\\`]|\\[^()])*\\\)|(?<!\$)\$(?!\$)(?:[^\\$`]|\\.)*\$(?!\$)|\\./g;
  let hidden = "";
  let from = 0;
  for (let match = candidates.exec(line); match !== null; match = candidates.exec(line)) {
    const [text] = match;
    const end = match.index + text.length;
    if (text.length === 2) continue;
    if (isFormulaAt(line, match.index, end)) {
      hidden += line.slice(from, match.index) + text.replaceAll("|", bar);
      from = end;
    } else {
      // Its end may be the beginning of one.
      candidates.lastIndex = text.startsWith("$") ? end - 1 : end;
    }
  }
  return hidden + line.slice(from);
}

function isFormulaAt(line: string, start: number, end: number): boolean {
  if (line[start] === "$" && !canOpenDollar(line.charAt(start - 1))) return false;
  return isFormula(line.slice(start, end), line.charAt(end));
}

/** A sign of Unicode's private area. */
function unusedSign(text: string): string | undefined {
  const used = new Set(text.match(/[\ue000-\uf8ff]/g));
  for (let code = 0xe000; code <= 0xf8ff; code += 1) {
    const sign = String.fromCharCode(code);
    if (!used.has(sign)) return sign;
  }
  return undefined;
}
