import { canOpenDollar, isFormula } from "./formula-source.ts";

/**
 * The parser divides table rows into cells before it finds formulas, so that it would divide `$P(A|B)$`. This function replaces
 * each bar within a formula by `bar`, a character that the text does not contain. After parsing, the caller replaces `bar` by
 * a bar again. `bar` is null if the text has no bar to hide.
 */
export function hideBars(text: string): { hidden: string; bar: string | null } {
  if (!/\|.*(?:\$|\\\()/.test(text)) return { hidden: text, bar: null };
  const bar = unusedCharacter(text);
  if (bar === undefined) return { hidden: text, bar: null };
  const hidden = text.replace(/^.*\|.*$/gm, (line) => hideInLine(line, bar));
  return { hidden, bar: hidden === text ? null : bar };
}

function hideInLine(line: string, bar: string): string {
  // Each alternative ends at its next delimiter, so that no character is read more than twice.
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
      // Its closing dollar may open the next formula.
      candidates.lastIndex = text.startsWith("$") ? end - 1 : end;
    }
  }
  return hidden + line.slice(from);
}

function isFormulaAt(line: string, start: number, end: number): boolean {
  if (line[start] === "$" && !canOpenDollar(line.charAt(start - 1))) return false;
  return isFormula(line.slice(start, end), line.charAt(end));
}

/** Returns a character of Unicode's private use area that the text does not contain. */
function unusedCharacter(text: string): string | undefined {
  const used = new Set(text.match(/[\ue000-\uf8ff]/g));
  for (let code = 0xe000; code <= 0xf8ff; code += 1) {
    const character = String.fromCharCode(code);
    if (!used.has(character)) return character;
  }
  return undefined;
}
