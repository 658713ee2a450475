import type { Code, Effects, State } from "micromark-util-types";

declare module "micromark-util-types" {
  interface TokenTypeMap {
    formula: "formula";
    formulaBlock: "formulaBlock";
    formulaLine: "formulaLine";
  }
}

export const dollar = 36;
export const backslash = 92;
export const backtick = 96;

/** micromark's codes for line ends are below -2; -2 and -1 are tabs and the columns that a tab fills. */
export const isLineEnd = (code: Code) => code !== null && code < -2;
export const isSpace = (code: Code) => code === 32 || code === -1 || code === -2;
export const textOf = (code: Code) => (code === null || code < 0 ? "" : String.fromCharCode(code));

/** Ends the current line of a formula, consumes the line end, and continues with `next` in a new line. */
export function beginNextLine(effects: Effects, code: Code, next: State): State {
  effects.exit("formulaLine");
  return consumeLineEnd(effects, code, (first) => {
    effects.enter("formulaLine");
    return next(first);
  });
}

export function consumeLineEnd(effects: Effects, code: Code, next: State): State {
  effects.enter("lineEnding");
  effects.consume(code);
  effects.exit("lineEnding");
  return next;
}
