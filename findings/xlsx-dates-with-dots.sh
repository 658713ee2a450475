#!/usr/bin/env bash
# @e965/xlsx 0.20.3 (SheetJS) does not format a date whose format has dots.
#
# dd.mm.yyyy is the usual format of dates in Germany, Poland or Russia. Seen: such a cell has a value and no shown text (`w`), where
# dd/mm/yyyy has both, so sheet_to_csv writes the number of days since 1900, or with cellDates a date as an American writes it. If the
# dots are escaped (dd\.mm\.yyyy) the same format works.
# Expected: "05.10.2024" for each of the three forms.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @e965/xlsx@0.20.3 fflate@0.8.3 >/dev/null
cat >run.mjs <<'JS'
import { read, utils } from "@e965/xlsx";
import { strToU8, zipSync } from "fflate";

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const links = (...entries) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
    .map(([type, target], index) => `<Relationship Id="r${index}" Type="${office}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;
const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const parts = {
  "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
  "_rels/.rels": links(["officeDocument", "xl/workbook.xml"]),
  "xl/_rels/workbook.xml.rels": links(["worksheet", "worksheets/sheet1.xml"], ["styles", "styles.xml"]),
  "xl/workbook.xml": `<workbook ${main} xmlns:r="${office}"><sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>`,
  "xl/styles.xml": `<styleSheet ${main}><numFmts count="3"><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy"/><numFmt numFmtId="166" formatCode="dd\\.mm\\.yyyy"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="166" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  "xl/worksheets/sheet1.xml": `<worksheet ${main}><sheetData><row r="1"><c r="A1" s="1"><v>45570</v></c><c r="B1" s="2"><v>45570</v></c><c r="C1" s="3"><v>45570</v></c></row></sheetData></worksheet>`,
};
const zip = zipSync(Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])));
const csv = (options) => utils.sheet_to_csv(read(zip, { type: "array", ...options }).Sheets.S).trim();
console.log("dots, slashes, escaped dots:", csv({}));
console.log("with cellDates:             ", csv({ cellDates: true }));
const isAsSeen = csv({}) === "45570,05/10/2024,05.10.2024" && csv({ cellDates: true }) === "10/5/24,05/10/2024,05.10.2024";
process.exit(isAsSeen ? 0 : 1);
JS
node run.mjs
