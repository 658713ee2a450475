import type { Literal } from "mdast";
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import { blankLine } from "micromark-core-commonmark";
import type {
  Code,
  Construct,
  Effects,
  Extension,
  State,
  TokenizeContext,
} from "micromark-util-types";
import { canOpenDollar, isFormula } from "./formula-source.ts";

/** A formula within a paragraph, as it was written, with its delimiters. */
interface FormulaNode extends Literal {
  type: "formula";
}

/** A formula on lines of its own. Its end may be missing, and the rest of its last line may follow its end. */
interface FormulaBlockNode extends Literal {
  type: "formulaBlock";
}

declare module "mdast" {
  interface PhrasingContentMap {
    formula: FormulaNode;
  }
  interface BlockContentMap {
    formulaBlock: FormulaBlockNode;
  }
  interface RootContentMap {
    formula: FormulaNode;
    formulaBlock: FormulaBlockNode;
  }
}

declare module "micromark-util-types" {
  interface TokenTypeMap {
    formula: "formula";
    formulaBlock: "formulaBlock";
    formulaLine: "formulaLine";
  }
}

const dollar = 36;
const backslash = 92;
const backtick = 96;
/** The second sign of `\(` and `\[`, and of the end that belongs to each. */
const brackets = new Map<Code, Code>([
  [40, 41],
  [91, 93],
]);

/** Longer ones stay as they were written. */
const maxLength = 2_000;

/**
 * `$…$` in one line, `$$…$$` within a paragraph. The parser stops at the next dollar, whether that ends the formula or
 * not, and reads on behind the first: no text is read more than twice.
 */
const inDollars: Construct = {
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

/** `\(…\)` and `\[…\]` within a paragraph. The parser stops at the next beginning of the same kind. */
const inBrackets: Construct = {
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

/**
 * `$$` or `\[` at the beginning of a line, up to its end, an empty line or code. Like a fence it decides by its first
 * line, so that lines of TeX that look like a list are none, and a formula that is being written is one already.
 */
const block: Construct = {
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
      // A formula of one line with words behind it belongs to their paragraph.
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

/** True if a line that begins and ends with delimiters is a formula. */
function isWholeBlock(line: string): boolean {
  // Nobody stands a word between dollars on a line of its own.
  const tex = line.slice(2, -2).trim();
  return tex !== "" && isFormula(`\\[${tex}\\]`, "");
}

/** True if the first line of a formula whose end is further down can be nothing else. */
function canBegin(line: string): boolean {
  if (line.startsWith("$$")) return /^\$\$\s*(?:\\|$)/.test(line);
  return isFormula(`${line}\\]`, "");
}

/** The end of a line, if the next one belongs to the same container and is neither empty nor the beginning of code. */
function tokenizeNextLine(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  return (code) =>
    takeLineEnd(effects, code, (next) => {
      const isOutside = this.parser.lazy[this.now().line] || next === backtick;
      return isOutside ? nok(next) : effects.check(blankLine, nok, ok)(next);
    });
}

function beginNextLine(effects: Effects, code: Code, next: State): State {
  effects.exit("formulaLine");
  return takeLineEnd(effects, code, (first) => {
    effects.enter("formulaLine");
    return next(first);
  });
}

function takeLineEnd(effects: Effects, code: Code, next: State): State {
  effects.enter("lineEnding");
  effects.consume(code);
  effects.exit("lineEnding");
  return next;
}

const isLineEnd = (code: Code) => code !== null && code < -2;
const isSpace = (code: Code) => code === 32 || code === -1 || code === -2;
const textOf = (code: Code) => (code === null || code < 0 ? "" : String.fromCharCode(code));

/** Formulas for the Markdown parser: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
export const formulaSyntax: Extension = {
  flow: { [dollar]: block, [backslash]: block },
  text: { [dollar]: inDollars, [backslash]: inBrackets },
};

/** What the parser has found, as nodes of the tree. */
export function formulaTree(): TreeExtension {
  let lines: string[] = [];
  return {
    enter: {
      formula(token) {
        this.enter({ type: "formula", value: this.sliceSerialize(token) }, token);
        // The ends of its lines would become text.
        this.buffer();
      },
      formulaBlock(token) {
        lines = [];
        this.enter({ type: "formulaBlock", value: "" }, token);
      },
    },
    exit: {
      formula(token) {
        this.resume();
        this.exit(token);
      },
      formulaLine(token) {
        lines.push(this.sliceSerialize(token));
      },
      formulaBlock(token) {
        const node = this.stack.at(-1);
        if (node?.type === "formulaBlock") node.value = lines.join("\n");
        this.exit(token);
      },
    },
  };
}
