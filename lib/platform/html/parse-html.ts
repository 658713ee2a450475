import {
  type ChildNode,
  type Document,
  DomHandler,
  type Element,
  isTag,
  type ParentNode,
} from "domhandler";
import { Parser } from "htmlparser2";

/** A closing tag takes time in proportion to the open elements, so a hostile page could take minutes. */
const maxOpenElements = 1_000;
/** A page of 2 MB can have 700,000 nodes, which take 400 MB of memory. */
const defaultMaxNodes = 200_000;
/** The text is parsed in pieces of this many UTF-16 units. */
const pieceLength = 16 * 1024;

class TooMuch extends Error {}

class BoundedHandler extends DomHandler {
  readonly #maxNodes: number;
  #nodes = 0;

  constructor(maxNodes: number) {
    super();
    this.#maxNodes = maxNodes;
  }

  override onopentag(name: string, attributes: Record<string, string>): void {
    if (this.tagStack.length > maxOpenElements) throw new TooMuch("is nested too deeply");
    super.onopentag(name, attributes);
  }

  protected override addNode(node: ChildNode): void {
    this.#nodes += 1;
    if (this.#nodes > this.#maxNodes) throw new TooMuch("has too many elements");
    super.addNode(node);
  }
}

interface ParseOptions {
  /** In XHTML `<script/>` is a whole element, and in HTML it begins one. */
  isXhtml?: boolean | undefined;
  maxNodes?: number;
}

/**
 * Parses HTML as far as its elements are nested less than 1,000 deep, and as far as its 200,000th node. Returns the document and, if
 * that is not all, what is wrong with the rest: the end of a sentence.
 */
export function parseHtml(
  html: string,
  { isXhtml = false, maxNodes = defaultMaxNodes }: ParseOptions = {},
): { document: Document; fault?: string } {
  const handler = new BoundedHandler(maxNodes);
  const parser = new Parser(handler, { recognizeSelfClosing: isXhtml });
  try {
    for (let start = 0; start < html.length; start += pieceLength) {
      parser.write(html.slice(start, start + pieceLength));
    }
    parser.end();
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return { document: handler.root, fault: error.message };
  }
  return { document: handler.root };
}

/** Yields the elements in a node, in the order of their opening tags. */
export function* elementsOf(node: ParentNode): Generator<Element> {
  const waiting = [...node.children].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (!isTag(next)) continue;
    yield next;
    for (const child of next.children.toReversed()) waiting.push(child);
  }
}
