import type { Literal } from "mdast";
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import type { Extension } from "micromark-util-types";
import { block } from "./block-formula.ts";
import { backslash, dollar } from "./formula-tokens.ts";
import { inBrackets, inDollars } from "./inline-formula.ts";

/** A formula within a paragraph. The value includes its delimiters. */
interface FormulaNode extends Literal {
  type: "formula";
}

/** A formula on its own lines. The closing delimiter may be missing, and text may follow it on the last line. */
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

/** The parser's extension for `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
export const formulaSyntax: Extension = {
  flow: { [dollar]: block, [backslash]: block },
  text: { [dollar]: inDollars, [backslash]: inBrackets },
};

/** Turns the parser's tokens into nodes of the tree. */
export function formulaTree(): TreeExtension {
  let lines: string[] = [];
  return {
    enter: {
      formula(token) {
        this.enter({ type: "formula", value: this.sliceSerialize(token) }, token);
        // Without a buffer the line ends would become text nodes.
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
