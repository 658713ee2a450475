#!/usr/bin/env bash
# unpdf 1.8.1 finds no text in a PDF whose font names a predefined character map, and says nothing.
#
# Japanese, Chinese and Korean files may name a character map, such as UniJIS-UCS2-H, and need not hold it (ISO 32000-2,
# 9.7.5.2). pdfjs-dist has the maps in its folder cmaps/. unpdf looks for pdfjs-dist and, where it is installed, sets
# cMapUrl to that folder; but to a URL of the scheme file:, which its build of pdf.js cannot read. Seen: extractText returns
# an empty text for a valid file, with pdfjs-dist and without, and throws nothing. With a BinaryDataFactory that reads the
# same folder the text is there.
# Expected: the text, or an error that names the missing map.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact unpdf@1.8.1 pdfjs-dist@6.5.438 >/dev/null
cat >run.mjs <<'JS'
import { readFile } from "node:fs/promises";
import { extractText, getDocumentProxy } from "unpdf";

const content = "BT /F1 12 Tf 72 700 Td <6771> Tj <4EAC> Tj ET"; // 東京 in UCS-2
const objects = [
  "<</Type/Catalog/Pages 2 0 R>>",
  "<</Type/Pages/Kids[3 0 R]/Count 1>>",
  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
  `<</Length ${content.length}>>stream\n${content}\nendstream`,
  "<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3-UniJIS-UCS2-H/Encoding/UniJIS-UCS2-H/DescendantFonts[6 0 R]>>",
  "<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 7 0 R>>",
  "<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 700/Descent -150/StemV 80>>",
];
let file = "%PDF-1.4\n";
const offsets = objects.map((object, index) => {
  const offset = file.length;
  file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  return String(offset).padStart(10, "0");
});
const start = file.length;
file += `xref\n0 8\n0000000000 65535 f \n${offsets.map((offset) => `${offset} 00000 n \n`).join("")}`;
file += `trailer<</Size 8/Root 1 0 R>>\nstartxref\n${start}\n%%EOF`;
const bytes = () => new TextEncoder().encode(file);

class Maps {
  fetch = async ({ filename }) => new Uint8Array(await readFile(`node_modules/pdfjs-dist/cmaps/${filename}`));
}
const textOf = async (options) => {
  const document = await getDocumentProxy(bytes(), { verbosity: 0, ...options });
  return (await extractText(document, { mergePages: true })).text;
};
const plain = await textOf({});
const withMaps = await textOf({ BinaryDataFactory: Maps });
console.log("as it is:            ", JSON.stringify(plain));
console.log("with maps given to it:", JSON.stringify(withMaps));
process.exit(plain === "" && withMaps === "東京" ? 0 : 1);
JS
node run.mjs
