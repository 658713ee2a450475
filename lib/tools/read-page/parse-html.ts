import { DomHandler, Parser } from "htmlparser2";

/** A closing tag takes time in proportion to the open elements, so a hostile page could take minutes. */
const maxOpenElements = 1_000;
/** The text is parsed in pieces of this many UTF-16 units. */
const pieceLength = 16 * 1024;

class TooDeep extends Error {}

class BoundedHandler extends DomHandler {
  override onopentag(name: string, attributes: Record<string, string>): void {
    if (this.tagStack.length > maxOpenElements) throw new TooDeep();
    super.onopentag(name, attributes);
  }
}

interface ParseOptions {
  /** In XHTML `<script/>` is a whole element, and in HTML it begins one. */
  isXhtml?: boolean | undefined;
}

/** Parses HTML as far as its elements are nested less than 1,000 deep. Returns the document and whether that is all. */
export function parseHtml(html: string, { isXhtml = false }: ParseOptions = {}) {
  const handler = new BoundedHandler();
  const parser = new Parser(handler, { recognizeSelfClosing: isXhtml });
  try {
    for (let start = 0; start < html.length; start += pieceLength) {
      parser.write(html.slice(start, start + pieceLength));
    }
    parser.end();
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return { document: handler.root, isWhole: false };
  }
  return { document: handler.root, isWhole: true };
}
