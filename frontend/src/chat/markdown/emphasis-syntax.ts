import { attention } from "micromark-core-commonmark";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import type { Code, Construct, Extension, Token } from "micromark-util-types";
import { isForeignLetter, isForeignPunctuation } from "./foreign-signs.ts";

/**
 * Emphasis as CommonMark reads it, and in scripts without spaces too: `**注意：**正文` is bold. CommonMark wants a space, or
 * another mark, on one side of marks that touch punctuation; a Chinese sentence has none. Struck out is only what two
 * tildes enclose: one tilde is a range, `80~100`.
 */
export const emphasisSyntax: Extension = (() => {
  const strikethrough = gfmStrikethrough({ singleTilde: false });
  const tilde = strikethrough.text?.[126];
  if (tilde === undefined || Array.isArray(tilde)) throw new Error("There is no strikethrough.");
  return { ...strikethrough, text: { 42: loosen(attention), 126: loosen(tilde) } };
})();

/** The same construct, whose marks may open and close more beside foreign scripts, and never less. */
function loosen(construct: Construct): Construct {
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      const { previous } = this;
      let marks: Pick<Token, "_open" | "_close"> = {};
      return construct.tokenize.call(
        this,
        {
          ...effects,
          exit(type) {
            const token = effects.exit(type);
            marks = token;
            return token;
          },
        },
        (code) => {
          marks._open ||= canFace(code, previous);
          marks._close ||= canFace(previous, code);
          return ok(code);
        },
        nok,
      );
    },
  };
}

/** True if marks with `inner` inside and `outer` outside hold by the signs of a foreign script. */
function canFace(inner: Code, outer: Code): boolean {
  if (isWhitespace(inner)) return false;
  return isForeignPunctuation(inner) || isForeignLetter(outer);
}

const isWhitespace = (code: Code) =>
  code === null || code < 0 || /\s/.test(String.fromCharCode(code));
