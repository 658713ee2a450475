import { attention } from "micromark-core-commonmark";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import type { Code, Construct, Extension, Token } from "micromark-util-types";
import { isForeignLetter, isForeignPunctuation } from "./foreign-characters.ts";

/**
 * CommonMark's emphasis, extended to scripts without spaces: `**注意：**正文` is bold. CommonMark requires a space or punctuation
 * beside a delimiter that touches punctuation, but Chinese sentences have no spaces. Only two tildes strike out: one tilde
 * is a range, `80~100`.
 */
export const emphasisSyntax: Extension = (() => {
  const strikethrough = gfmStrikethrough({ singleTilde: false });
  const tilde = strikethrough.text?.[126];
  if (tilde === undefined || Array.isArray(tilde)) throw new Error("There is no strikethrough.");
  return { ...strikethrough, text: { 42: loosen(attention), 126: loosen(tilde) } };
})();

/** Wraps a construct so that its delimiters open and close in more places beside foreign scripts, never in fewer. */
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

/** Returns whether foreign characters let a delimiter stand between `inner` (inside the emphasis) and `outer`. */
function canFace(inner: Code, outer: Code): boolean {
  if (isWhitespace(inner)) return false;
  return isForeignPunctuation(inner) || isForeignLetter(outer);
}

const isWhitespace = (code: Code) =>
  code === null || code < 0 || /\s/.test(String.fromCharCode(code));
