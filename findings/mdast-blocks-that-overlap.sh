#!/usr/bin/env bash
# mdast-util-from-markdown 2.1.0 (micromark 4.0.3) gives sibling blocks positions that overlap.
#
# A page that draws a growing answer cuts the text between two blocks by their positions. A link definition may be followed
# by an underlined heading without an empty line. Seen: the heading's position begins where the definition begins, so its
# slice of the source holds the definition too, and a cut "before the heading" is a cut before the definition. The same
# heading after a definition with an underline of # instead of === begins at its own line.
# Expected: the heading begins after the definition ends, as all other siblings do.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact mdast-util-from-markdown@2.1.0 micromark@4.0.3 >/dev/null
cat >run.mjs <<'JS'
import { fromMarkdown } from "mdast-util-from-markdown";

const show = (text) =>
  fromMarkdown(text).children.map(({ type, position: { start, end } }) => `${type} ${start.offset}-${end.offset}`);
const underlined = show("[a]: /b\nTitle\n===\n");
const hash = show("[a]: /b\n# Title\n");
console.log("underlined:", underlined.join(", "));
console.log("with #:    ", hash.join(", "));
const isAsSeen =
  underlined.join() === "definition 0-7,heading 0-17" && hash.join() === "definition 0-7,heading 8-15";
process.exit(isAsSeen ? 0 : 1);
JS
node run.mjs
