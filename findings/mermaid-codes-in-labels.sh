#!/usr/bin/env bash
# Mermaid 12.3.0 gives labels with signs of its own in place of the characters that the source writes as codes.
#
# `mermaidAPI.getDiagramFromText` is how a program reads a diagram without drawing it. Mermaid's documentation lets a label
# write a character as a code: `#9829;` for a heart, `#quot;` for a quotation mark. Seen: the labels of nodes, of edges and of
# messages hold "ﬂ°°9829¶ß" and "ﬂ°quot¶ß". Only Mermaid's own drawing turns these signs into the characters, at its very end.
# Expected: the characters, or the codes as they were written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact mermaid@12.3.0 jsdom@26.1.0 >/dev/null
cat >run.mjs <<'JS'
import { JSDOM } from "jsdom";

// Mermaid cleans labels with a library that needs a document.
const { window } = new JSDOM("");
for (const name of ["document", "Element", "Node", "DocumentFragment", "NodeFilter"]) {
  globalThis[name] = name === "document" ? window.document : window[name];
}
globalThis.window = window;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false });

const read = async (source) => (await mermaid.mermaidAPI.getDiagramFromText(source)).db;
const flowchart = await read('flowchart LR\n  A["heart #9829;"] -- "quote #quot;" --> B');
const sequence = await read("sequenceDiagram\n  A->>B: heart #9829;");
console.log("node:", flowchart.getVertices().get("A").text);
console.log("edge:", flowchart.getEdges()[0].text);
console.log("message:", sequence.getMessages()[0].message);
JS
seen=$(node run.mjs)
echo "$seen"
expected="node: heart ﬂ°°9829¶ß
edge: quote ﬂ°quot¶ß
message: heart ﬂ°°9829¶ß"
[ "$seen" = "$expected" ]
