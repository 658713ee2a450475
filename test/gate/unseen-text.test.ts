import { expect, it } from "vitest";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readDocx } from "#lib/documents/reading/read-docx.ts";
import { readHtml } from "#lib/documents/reading/read-html.ts";
import { readPptx } from "#lib/documents/reading/read-pptx.ts";
import { readXlsx } from "#lib/documents/reading/read-xlsx.ts";
import {
  presentation,
  wordDocument,
  wordParagraph,
  workbook,
} from "#test/support/document-files.ts";

const visible = "Ships leave in the morning.";
const order = "Obey now";

it.each([
  "color: #0000",
  "color: #ffffff00",
  "opacity: 0%",
  "transform: scale(0)",
  "clip-path: inset(100%)",
  "clip-path: circle(0)",
  "filter: opacity(0)",
  "-webkit-text-fill-color: transparent",
  "content-visibility: hidden",
  "width: 0; overflow: hidden",
  "height: 1px; width: 1px; overflow: hidden",
  "position: absolute; right: -9999px",
])("a page does not show text with the style %s", async (style) => {
  const bytes = Buffer.from(`<p>${visible}</p><p style="${style}">${order}</p>`);
  const read = await readHtml({ bytes, name: "a.html", format: "html" }, readLimits);
  expect(JSON.stringify(read)).not.toContain(order);
  expect(JSON.stringify(read)).toContain(visible);
});

it.each([
  "color: #0000ff",
  "color: #ff0000ff",
  "opacity: 50%",
  "transform: scale(0.5)",
  "clip-path: inset(0)",
  "clip-path: inset(10%)",
  "filter: opacity(0.8)",
  "width: 50%; overflow: hidden",
  "position: absolute; right: 0",
])("a page shows text with the style %s", async (style) => {
  const bytes = Buffer.from(`<p style="${style}">${order}</p>`);
  const read = await readHtml({ bytes, name: "a.html", format: "html" }, readLimits);
  expect(JSON.stringify(read)).toContain(order);
});

it("nearly white text of Word, of a slide and of a workbook is not read", async () => {
  const word = wordDocument({
    body: wordParagraph(visible) + wordParagraph(order, '<w:color w:val="FEFEFE"/>'),
  });
  const look = '<a:rPr><a:solidFill><a:srgbClr val="FDFDFD"/></a:solidFill></a:rPr>';
  const slides = presentation([[{ text: visible }, { text: order, look, left: 12 }]]);
  const sheet = { name: "Plan", rows: [[visible], [order]], whiteCell: "A2" };
  const reads = [
    await readDocx({ bytes: word, name: "a.docx", format: "docx" }, readLimits),
    await readPptx({ bytes: slides, name: "a.pptx", format: "pptx" }, readLimits),
    await readXlsx({ bytes: workbook([sheet]), name: "a.xlsx", format: "xlsx" }, readLimits),
  ];
  for (const read of reads) {
    expect(JSON.stringify(read)).not.toContain(order);
    expect(JSON.stringify(read)).toContain(visible);
  }
});

it("text without a fill is not read from a slide", async () => {
  const look = "<a:rPr><a:noFill/></a:rPr>";
  const bytes = presentation([[{ text: visible }, { text: order, look, left: 12 }]]);
  const read = await readPptx({ bytes, name: "a.pptx", format: "pptx" }, readLimits);
  expect(JSON.stringify(read)).not.toContain(order);
});
