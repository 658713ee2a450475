import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { unescapeHtml } from "./unescape-html.ts";

/** One run of code in one colour: a class name of the highlighter's, "" for plain code. */
export interface CodePiece {
  kind: string;
  text: string;
}

const languages = { bash, css, go, java, json, python, rust, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.registerAliases(["javascript", "js", "jsx", "mjs"], { languageName: "typescript" });

/** The code in coloured pieces; null for a language that is not known. */
export function highlight(code: string, language: string): CodePiece[] | null {
  if (hljs.getLanguage(language) === undefined) return null;
  const html = hljs.highlight(code, { language, ignoreIllegals: true }).value;
  return readPieces(html);
}

/** The highlighter speaks HTML, of which only spans, their class and five entities can occur; it is read, never set. */
function readPieces(html: string): CodePiece[] {
  const kinds: string[] = [];
  const pieces: CodePiece[] = [];
  for (const [token, kind] of html.matchAll(/<span class="hljs-([a-z-]+)[^"]*">|<[^>]*>|[^<]+/g)) {
    if (kind !== undefined) kinds.push(kind);
    else if (token === "</span>") kinds.pop();
    else if (token.startsWith("<")) kinds.push("");
    else pieces.push({ kind: kinds.at(-1) ?? "", text: unescapeHtml(token) });
  }
  return pieces;
}
