import type { Code, Construct, State } from "micromark-util-types";
import { canOpenDollar, isFormula } from "./formula-source.ts";
import { backslash, backtick, beginNextLine, dollar, isLineEnd, textOf } from "./formula-tokens.ts";

/** The opening brackets of `\(` and `\[`, with the bracket that closes each. */
const brackets = new Map<Code, Code>([
  [40, 41],
  [91, 93],
]);

/** UTF-16 units. A longer formula stays as it was written. */
const maxLength = 2_000;

/**
 * `$…$` in one line, `$$…$$` within a paragraph. The tokenizer stops at the next dollar in any case. If that dollar does not
 * end a formula, the parser continues after the first dollar, so that it reads no character more than twice.
 */
export const inDollars: Construct = {
  name: "formulaInDollars",
  tokenize(effects, ok, nok) {
    const { previous } = this;
    const slice = this.sliceSerialize;
    let opened = 0;
    let closed = 0;
    let length = 0;
    return start;

    function start(code: Code): State | undefined {
      if (!canOpenDollar(textOf(previous))) return nok(code);
      effects.enter("formula");
      effects.enter("formulaLine");
      return open(code);
    }
    function open(code: Code): State | undefined {
      if (code !== dollar) return inside(code);
      if (opened === 2) return nok(code);
      effects.consume(code);
      opened += 1;
      return open;
    }
    function inside(code: Code): State | undefined {
      length += 1;
      if (code === null || code === backtick || length > maxLength) return nok(code);
      if (code === dollar) return close(code);
      if (isLineEnd(code)) return opened === 1 ? nok(code) : beginNextLine(effects, code, inside);
      effects.consume(code);
      return code === backslash ? escaped : inside;
    }
    function escaped(code: Code): State | undefined {
      if (code !== dollar && code !== backslash) return inside(code);
      effects.consume(code);
      return inside;
    }
    function close(code: Code): State | undefined {
      if (code === dollar && closed < opened) {
        effects.consume(code);
        closed += 1;
        return close;
      }
      if (code === dollar || closed < opened) return nok(code);
      effects.exit("formulaLine");
      const text = slice(effects.exit("formula"));
      return isFormula(text, textOf(code)) ? ok(code) : nok(code);
    }
  },
};

/** `\(…\)` and `\[…\]` within a paragraph. The tokenizer stops at the next opening delimiter of the same kind. */
export const inBrackets: Construct = {
  name: "formulaInBrackets",
  tokenize(effects, ok, nok) {
    const slice = this.sliceSerialize;
    let opening: Code = null;
    let length = 0;
    return start;

    function start(code: Code): State | undefined {
      effects.enter("formula");
      effects.enter("formulaLine");
      effects.consume(code);
      return open;
    }
    function open(code: Code): State | undefined {
      if (!brackets.has(code)) return nok(code);
      opening = code;
      effects.consume(code);
      return inside;
    }
    function inside(code: Code): State | undefined {
      length += 1;
      if (code === null || code === backtick || length > maxLength) return nok(code);
      if (isLineEnd(code)) return beginNextLine(effects, code, inside);
      effects.consume(code);
      return code === backslash ? escaped : inside;
    }
    function escaped(code: Code): State | undefined {
      if (code === opening) return nok(code);
      if (code !== brackets.get(opening) && code !== backslash) return inside(code);
      effects.consume(code);
      return code === backslash ? inside : close;
    }
    function close(code: Code): State | undefined {
      effects.exit("formulaLine");
      const text = slice(effects.exit("formula"));
      return isFormula(text, textOf(code)) ? ok(code) : nok(code);
    }
  },
};
