import { strToU8, zipSync } from "fflate";
import { convertToHtml } from "mammoth";
import { DocumentFault } from "./document-file.ts";
import { htmlBlocks } from "./docx/html-blocks.ts";
import { marginParts } from "./docx/margin-parts.ts";
import { noteReader } from "./docx/note-reader.ts";
import { paragraphNumbers } from "./docx/paragraph-numbers.ts";
import { readStyles } from "./docx/paragraph-styles.ts";
import { rewriteBody } from "./docx/rewrite-body.ts";
import { openPackage } from "./office/office-package.ts";
import { serializeXml } from "./office/serialize-xml.ts";
import { childAt, elementsOf, type XmlElement } from "./office/xml-tree.ts";
import { isPageNumberOnly } from "./page-number.ts";
import type { Block, Reader } from "./read-document.ts";

/**
 * Reads a Word document. A header or footer is read once, before or after the text. Comments, deleted and hidden text and
 * descriptions of pictures are no text of the document.
 */
export const readDocx: Reader = async ({ bytes }, limits) => {
  const file = openPackage(bytes, limits, {
    product: "Word document",
    usualMain: "word/document.xml",
  });
  const document = file.xml(file.main);
  const body = childAt(document, "w:body");
  if (document?.name !== "w:document" || body === undefined)
    throw new DocumentFault("The file is damaged: the document's text is missing.");
  const related = (type: string): XmlElement | undefined => {
    const part = file.relationships(file.main).find((relationship) => relationship.type === type);
    return part && file.xml(part.target);
  };

  const styles = readStyles(related("styles"));
  const parts = {
    styles,
    numberOf: paragraphNumbers(related("numbering"), styles),
    note: noteReader({
      footnotes: related("footnotes"),
      endnotes: related("endnotes"),
      settings: related("settings"),
    }),
  };
  const margins = marginParts(body, related("settings"), (id) => {
    const part = file.relationships(file.main).find((relationship) => relationship.id === id);
    return part && file.xml(part.target);
  });
  const rewritten = rewriteBody(elementsOf(body), parts);
  const headers = rewriteBody(margins.headers.flatMap(elementsOf), parts, { isMargin: true });
  const footers = rewriteBody(margins.footers.flatMap(elementsOf), parts, { isMargin: true });

  const blocks = [
    ...marginBlocks(await blocksOf(headers.blocks)),
    ...(await blocksOf(rewritten.blocks)),
    ...marginBlocks(await blocksOf(footers.blocks)),
  ];
  if (blocks.length === 0) throw new DocumentFault("The document holds no text.");
  const title = titleOf(blocks);
  const isPartlyHidden = [headers, rewritten, footers].some(({ hasHiddenText }) => hasHiddenText);
  return {
    ...(title === undefined ? {} : { title }),
    parts: [{ number: 1, kind: "section", blocks }],
    notes: isPartlyHidden ? ["Text that is hidden in the document was left out."] : [],
  };
};

/** Mammoth gets a package with nothing but the rewritten text. */
async function blocksOf(body: XmlElement[]): Promise<Block[]> {
  if (body.length === 0) return [];
  const document = serializeXml({
    name: "w:document",
    attributes: { "xmlns:w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main" },
    children: [{ name: "w:body", attributes: {}, children: body }],
  });
  const zip = zipSync(
    { "_rels/.rels": strToU8(relationships), "word/document.xml": strToU8(document) },
    { level: 0 },
  );
  const { value } = await convertToHtml(
    { buffer: Buffer.from(zip) },
    { includeEmbeddedStyleMap: false },
  );
  return htmlBlocks(value);
}

const relationships =
  '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>';

/** Sections repeat their headers, and a page number is no text. */
function marginBlocks(blocks: Block[]): Block[] {
  const seen = new Set<string>();
  return blocks.filter((block) => {
    const text = JSON.stringify(block);
    if (seen.has(text)) return false;
    seen.add(text);
    return block.kind === "table" || !("text" in block) || !isPageNumberOnly(block.text);
  });
}

/** The first heading, if nothing but headers stands before it. */
function titleOf(blocks: Block[]): string | undefined {
  const first = blocks.slice(0, 3).find((block) => block.kind === "heading");
  return first?.level === 1 ? first.text : undefined;
}
