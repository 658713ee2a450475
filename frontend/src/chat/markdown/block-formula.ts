import { blankLine } from "micromark-core-commonmark";
import type { Code, Construct, Effects, State, TokenizeContext } from "micromark-util-types";
import { isFormula } from "./formula-source.ts";
import {
  backslash,
  backtick,
  consumeLineEnd,
  dollar,
  isLineEnd,
  isSpace,
} from "./formula-tokens.ts";

/**
 * `$$` or `\[` at the start of a line, up to the closing delimiter, an empty line or code. Like a fence, the first line
 * decides. So a line of TeX that looks like a list item stays TeX, and an unfinished formula is a formula already.
 */
export const block: Construct = {
  name: "formulaBlock",
  concrete: true,
  tokenize(effects, ok, nok) {
    const self = this;
    const slice = this.sliceSerialize;
    const nextLine: Construct = { tokenize: tokenizeNextLine, partial: true };
    let opening: Code = null;
    let isFirstLine = true;
    let hasEnd = false;
    return start;

    function start(code: Code): State | undefined {
      effects.enter("formulaBlock");
      effects.enter("formulaLine");
      effects.consume(code);
      return code === dollar ? openDollars : openBracket;
    }
    function openDollars(code: Code): State | undefined {
      if (code !== dollar) return nok(code);
      opening = code;
      effects.consume(code);
      return afterDollars;
    }
    function afterDollars(code: Code): State | undefined {
      return code === dollar ? nok(code) : inside(code);
    }
    function openBracket(code: Code): State | undefined {
      if (code !== 91) return nok(code);
      opening = code;
      effects.consume(code);
      return inside;
    }
    function inside(code: Code): State | undefined {
      if (code === null || isLineEnd(code)) return atLineEnd(code);
      if (isFirstLine && code === backtick) return nok(code);
      effects.consume(code);
      if (code === backslash) return escaped;
      return code === dollar && opening === dollar ? closeDollars : inside;
    }
    function escaped(code: Code): State | undefined {
      if (code === null || isLineEnd(code)) return atLineEnd(code);
      if (isFirstLine && (code === backtick || (code === 91 && opening === 91))) return nok(code);
      effects.consume(code);
      return code === 93 && opening === 91 ? afterEnd : inside;
    }
    function closeDollars(code: Code): State | undefined {
      if (code !== dollar) return inside(code);
      effects.consume(code);
      return afterEnd;
    }
    function afterEnd(code: Code): State | undefined {
      hasEnd = true;
      if (code === null || isLineEnd(code)) return atLineEnd(code);
      // A formula with text behind it on the same line is part of a paragraph.
      if (isFirstLine && !isSpace(code)) return nok(code);
      effects.consume(code);
      return afterEnd;
    }
    function atLineEnd(code: Code): State | undefined {
      const line = slice(effects.exit("formulaLine")).trim();
      if (isFirstLine && !(hasEnd ? isWholeBlock(line) : canBegin(line))) return nok(code);
      isFirstLine = false;
      if (hasEnd || code === null || self.interrupt) return end(code);
      return effects.attempt(nextLine, beginLine, end)(code);
    }
    function beginLine(code: Code): State | undefined {
      effects.enter("formulaLine");
      return inside(code);
    }
    function end(code: Code): State | undefined {
      effects.exit("formulaBlock");
      return ok(code);
    }
  },
};

/** Returns whether a line between delimiters is a formula. */
function isWholeBlock(line: string): boolean {
  // Between dollars on their own line a single word counts as a formula too.
  const tex = line.slice(2, -2).trim();
  return tex !== "" && isFormula(`\\[${tex}\\]`, "");
}

/** Returns whether a line without a closing delimiter can only be the first line of a formula. */
function canBegin(line: string): boolean {
  if (line.startsWith("$$")) return /^\$\$\s*(?:\\|$)/.test(line);
  return isFormula(`${line}\\]`, "");
}

/** Consumes a line end if the next line is in the same container, is not empty, and does not start code. */
function tokenizeNextLine(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  return (code) =>
    consumeLineEnd(effects, code, (next) => {
      const isOutside = this.parser.lazy[this.now().line] || next === backtick;
      return isOutside ? nok(next) : effects.check(blankLine, nok, ok)(next);
    });
}
