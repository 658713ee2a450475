import { characterEntitiesHtml4 } from "character-entities-html4";
import { gfmFootnoteFromMarkdown } from "mdast-util-gfm-footnote";
import { gfmFootnote } from "micromark-extension-gfm-footnote";
import { asciiCharacters } from "./ascii-characters.ts";
import { FootnoteCall } from "./footnote-call.tsx";
import { Footnotes } from "./footnotes.tsx";
import { Formula } from "./formula.tsx";
import { hideBars } from "./formula-bars.ts";
import { readFormula } from "./formula-source.ts";
import { formulaSyntax, formulaTree } from "./formula-syntax.ts";
import { addNamedCharacters } from "./named-characters.ts";

addNamedCharacters({ ...characterEntitiesHtml4, ...asciiCharacters });

/** The Markdown that few answers have: footnotes, formulas and named characters. */
export const rareMarkdown = {
  footnoteSyntax: gfmFootnote(),
  formulaSyntax,
  trees: () => [gfmFootnoteFromMarkdown(), formulaTree()],
  hideBars,
  FootnoteCall,
  Footnotes,
  InlineFormula,
  FormulaBlock,
};

function InlineFormula({ text }: { text: string }) {
  return <Formula formula={readFormula(text).formula} />;
}

function FormulaBlock({ text }: { text: string }) {
  const { formula, rest } = readFormula(text);
  return (
    <div>
      <Formula formula={formula} />
      {rest}
    </div>
  );
}
