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

/** A run of code in one colour. `kind` is a class name of highlight.js without its prefix; "" is plain code. */
export interface CodePiece {
  kind: string;
  text: string;
}

const languages = { bash, css, go, java, json, python, rust, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.registerAliases(["javascript", "js", "jsx", "mjs"], { languageName: "typescript" });

/** Returns the code in coloured pieces; null for an unknown language. */
export function highlight(code: string, language: string): CodePiece[] | null {
  if (hljs.getLanguage(language) === undefined) return null;
  const html = hljs.highlight(code, { language, ignoreIllegals: true }).value;
  return readPieces(html);
}

/** Parses highlight.js's HTML, which has only spans with a class and five entities. The HTML never becomes the page's. */
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
