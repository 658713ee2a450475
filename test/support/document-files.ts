import { strToU8, zipSync } from "fflate";

const office = "http://schemas.openxmlformats.org/officeDocument/2006";
const main = {
  word: "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
  slides: "http://schemas.openxmlformats.org/presentationml/2006/main",
  drawing: "http://schemas.openxmlformats.org/drawingml/2006/main",
  sheets: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
};

export const xml = (text: string): string =>
  text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const zip = (parts: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));

/** Takes pairs of a type's last word and a target. Their ids are r1, r2 and so on. */
const relationships = (...entries: readonly (readonly [string, string])[]): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
    .map(
      ([type, target], index) =>
        `<Relationship Id="r${index + 1}" Type="${office}/relationships/${type}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;

const contentTypes =
  '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>';

/** The properties that a program shows under "File". */
function properties(text: string): Record<string, string> {
  const words = xml(text);
  return {
    "docProps/core.xml": `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${words}</dc:title><dc:subject>${words}</dc:subject><dc:creator>${words}</dc:creator><cp:keywords>${words}</cp:keywords><dc:description>${words}</dc:description></cp:coreProperties>`,
    "docProps/app.xml": `<Properties xmlns="${office}/extended-properties"><Company>${words}</Company></Properties>`,
    "docProps/custom.xml": `<Properties xmlns="${office}/custom-properties"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="note"><vt:lpwstr xmlns:vt="${office}/docPropsVTypes">${words}</vt:lpwstr></property></Properties>`,
  };
}

const ofPackage = (target: string) => ({
  "[Content_Types].xml": contentTypes,
  "_rels/.rels": relationships(
    ["officeDocument", target],
    ["metadata/core-properties", "docProps/core.xml"],
    ["extended-properties", "docProps/app.xml"],
    ["custom-properties", "docProps/custom.xml"],
  ),
});

const wordRun = (text: string, look = ""): string =>
  `<w:r><w:rPr>${look}</w:rPr><w:t xml:space="preserve">${xml(text)}</w:t></w:r>`;
export const wordParagraph = (text: string, look = ""): string =>
  `<w:p>${wordRun(text, look)}</w:p>`;

/** Returns a Word document. Its header, footnote and comment are those with the ids r1, 2 and 1. */
export function wordDocument({
  body,
  ...more
}: {
  body: string;
  header?: string;
  footnote?: string;
  comment?: string;
  properties?: string;
}): Uint8Array {
  const words = (name: string, content: string) =>
    `<w:${name} xmlns:w="${main.word}" xmlns:r="${office}/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">${content}</w:${name}>`;
  const section = more.header
    ? '<w:sectPr><w:headerReference w:type="default" r:id="r1"/></w:sectPr>'
    : "";
  return zip({
    ...ofPackage("word/document.xml"),
    ...properties(more.properties ?? ""),
    "word/document.xml": words("document", `<w:body>${body}${section}</w:body>`),
    "word/_rels/document.xml.rels": relationships(
      ["header", "header1.xml"],
      ["footnotes", "footnotes.xml"],
      ["comments", "comments.xml"],
    ),
    "word/header1.xml": words("hdr", wordParagraph(more.header ?? "")),
    "word/footnotes.xml": words(
      "footnotes",
      `<w:footnote w:id="2">${wordParagraph(more.footnote ?? "")}</w:footnote>`,
    ),
    "word/comments.xml": words(
      "comments",
      `<w:comment w:id="1" w:author="${xml(more.comment ?? "")}">${wordParagraph(more.comment ?? "")}</w:comment>`,
    ),
  });
}

interface SlideText {
  text: string;
  /** Attributes and elements of the run's properties. */
  look?: string;
  fill?: string;
  /** Attributes of the shape, such as its alternative text. */
  attributes?: string;
  /** In centimetres from the left edge. */
  left?: number;
}

const cm = 360_000;

function shape({ text, look = "<a:rPr/>", fill = "", attributes = "", left = 1 }: SlideText) {
  return `<p:sp><p:nvSpPr><p:cNvPr id="1" name="x" ${attributes}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="${left * cm}" y="${cm}"/><a:ext cx="${8 * cm}" cy="${2 * cm}"/></a:xfrm>${fill}</p:spPr><p:txBody><a:bodyPr/><a:p><a:r>${look}<a:t>${xml(text)}</a:t></a:r></a:p></p:txBody></p:sp>`;
}

/** Returns a presentation with one slide for each list of texts. */
export function presentation(
  slides: readonly (readonly SlideText[])[],
  more: { hidden?: number; notes?: string; properties?: string } = {},
): Uint8Array {
  const names = `xmlns:p="${main.slides}" xmlns:a="${main.drawing}" xmlns:r="${office}/relationships"`;
  const parts: Record<string, string> = {
    ...ofPackage("ppt/presentation.xml"),
    ...properties(more.properties ?? ""),
    "ppt/presentation.xml": `<p:presentation ${names}><p:sldIdLst>${slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="r${index + 1}"/>`).join("")}</p:sldIdLst><p:sldSz cx="${32 * cm}" cy="${18 * cm}"/></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relationships(
      ...slides.map((_, index) => ["slide", `slides/slide${index + 1}.xml`] as const),
    ),
  };
  slides.forEach((texts, index) => {
    const isHidden = more.hidden === index + 1;
    parts[`ppt/slides/slide${index + 1}.xml`] =
      `<p:sld ${names} ${isHidden ? 'show="0"' : ""}><p:cSld><p:spTree>${texts.map(shape).join("")}</p:spTree></p:cSld></p:sld>`;
  });
  if (more.notes) {
    parts["ppt/slides/_rels/slide1.xml.rels"] = relationships([
      "notesSlide",
      "../notesSlides/notesSlide1.xml",
    ]);
    const notes = shape({ text: more.notes }).replace(
      "<p:nvPr/>",
      '<p:nvPr><p:ph type="body"/></p:nvPr>',
    );
    parts["ppt/notesSlides/notesSlide1.xml"] =
      `<p:notes ${names}><p:cSld><p:spTree>${notes}</p:spTree></p:cSld></p:notes>`;
  }
  return zip(parts);
}

interface Sheet {
  name: string;
  rows: readonly (readonly string[])[];
  state?: "hidden" | "veryHidden";
  /** Counts from 1. */
  hiddenRow?: number;
  /** A cell such as "A2", in white letters. */
  whiteCell?: string;
}

/** Returns a workbook. */
export function workbook(
  sheets: readonly Sheet[],
  more: { comment?: string; definedName?: string; properties?: string } = {},
): Uint8Array {
  const cell = (text: string, reference: string, style: string) =>
    `<c r="${reference}" t="inlineStr"${style}><is><t>${xml(text)}</t></is></c>`;
  const row = ({ hiddenRow, whiteCell }: Sheet, cells: readonly string[], number: number) =>
    `<row r="${number}"${hiddenRow === number ? ' hidden="1"' : ""}>${cells
      .map((text, column) => {
        const reference = `${String.fromCharCode(65 + column)}${number}`;
        return cell(text, reference, reference === whiteCell ? ' s="1"' : "");
      })
      .join("")}</row>`;
  const parts: Record<string, string> = {
    ...ofPackage("xl/workbook.xml"),
    ...properties(more.properties ?? ""),
    "xl/workbook.xml": `<workbook xmlns="${main.sheets}" xmlns:r="${office}/relationships"><sheets>${sheets.map(({ name, state }, index) => `<sheet name="${xml(name)}" sheetId="${index + 1}" r:id="r${index + 1}"${state ? ` state="${state}"` : ""}/>`).join("")}</sheets>${more.definedName ? `<definedNames><definedName name="note" comment="${xml(more.definedName)}">"${xml(more.definedName)}"</definedName></definedNames>` : ""}</workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      ...sheets.map((_, index) => ["worksheet", `worksheets/sheet${index + 1}.xml`] as const),
      ["styles", "styles.xml"],
    ),
    "xl/styles.xml": `<styleSheet xmlns="${main.sheets}"><fonts><font/><font><color rgb="FFFEFEFE"/></font></fonts><fills><fill/></fills><cellXfs><xf fontId="0" fillId="0"/><xf fontId="1" fillId="0"/></cellXfs></styleSheet>`,
    "xl/worksheets/_rels/sheet1.xml.rels": relationships(["comments", "../comments1.xml"]),
    "xl/comments1.xml": `<comments xmlns="${main.sheets}"><authors><author>${xml(more.comment ?? "")}</author></authors><commentList><comment ref="A1" authorId="0"><text><t>${xml(more.comment ?? "")}</t></text></comment></commentList></comments>`,
  };
  sheets.forEach((sheet, index) => {
    parts[`xl/worksheets/sheet${index + 1}.xml`] =
      `<worksheet xmlns="${main.sheets}"><sheetData>${sheet.rows.map((cells, at) => row(sheet, cells, at + 1)).join("")}</sheetData></worksheet>`;
  });
  return zip(parts);
}

export interface PdfLine {
  text: string;
  /** Operators before the text, such as a colour or a rendering mode. */
  before?: string;
  size?: number;
}

/** Returns a PDF file of one page, in a font that every reader has. The first line begins at 72, 700. */
export function pdf(
  lines: readonly PdfLine[],
  more: { properties?: string; annotation?: string; alternative?: string } = {},
): Buffer {
  const literal = (text: string) => `(${text.replace(/[\\()]/g, "\\$&")})`;
  const shown = lines.map(
    ({ text, before = "0 g 0 Tr", size = 11 }, index) =>
      `BT /F1 ${size} Tf ${before} 1 0 0 1 72 ${700 - 30 * index} Tm ${literal(text)} Tj ET`,
  );
  const figure = more.alternative
    ? [`/Figure << /Alt ${literal(more.alternative)} >> BDC 60 200 40 40 re f EMC`]
    : [];
  const content = [...shown, ...figure].join("\n");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${more.annotation ? "/Annots [7 0 R]" : ""} >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    `<< ${["Title", "Author", "Subject", "Keywords", "Note"].map((key) => `/${key} ${literal(more.properties ?? "")}`).join(" ")} >>`,
    `<< /Type /Annot /Subtype /Text /Rect [500 700 520 720] /Contents ${literal(more.annotation ?? "")} /T ${literal(more.annotation ?? "")} >>`,
  ];
  let file = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}
