import { mathText } from "#lib/documents/reading/office/math-text.ts";
import { raisedMark } from "#lib/documents/reading/office/raised-text.ts";
import {
  childAt,
  descendantsNamed,
  elementsOf,
  textOf,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import { type BlockMark, withoutMarkCharacters, writeMark } from "./block-mark.ts";
import { fieldFilter } from "./field-filter.ts";
import type { ParagraphNumber } from "./paragraph-numbers.ts";
import {
  isOn,
  isShaded,
  numberAt,
  outlineLevel,
  type Style,
  type Styles,
  valueAt,
} from "./paragraph-styles.ts";

export interface BodyParts {
  styles: Styles;
  numberOf(
    properties: XmlElement | undefined,
    style: Style | undefined,
  ): ParagraphNumber | undefined;
  /** Returns the mark and the blocks of a note. */
  note(
    kind: "footnote" | "endnote",
    id: string,
  ): { mark: string; blocks: XmlElement[] } | undefined;
}

export interface RewrittenBody {
  blocks: XmlElement[];
  hasHiddenText: boolean;
}

/** Where a paragraph stands. */
interface Place {
  /** White text can be read on another background. */
  isShaded: boolean;
  /** Page numbers differ from page to page, so they are no text of a header or footer. */
  isMargin: boolean;
}

/**
 * Rewrites a body for mammoth, which has no clause numbers and no headings by their level, reads hidden text, and drops formulas,
 * simple fields, and text boxes without a fallback. Notes follow the block that refers to them. Deleted text is dropped.
 */
export function rewriteBody(
  nodes: XmlElement[],
  parts: BodyParts,
  { isMargin = false } = {},
): RewrittenBody {
  const rewriting = new Rewriting(parts);
  const blocks = rewriting.blocks(nodes, { isShaded: false, isMargin });
  return {
    blocks: [...blocks, ...rewriting.endnotes],
    hasHiddenText: rewriting.hasHiddenText,
  };
}

class Rewriting {
  hasHiddenText = false;
  readonly endnotes: XmlElement[] = [];
  readonly #parts: BodyParts;
  readonly #fields = fieldFilter();
  #footnotes: XmlElement[] = [];
  #tables = 0;

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  blocks(nodes: XmlElement[], place: Place): XmlElement[] {
    return nodes.flatMap((node) => {
      const rewritten = this.#block(node, place);
      if (this.#tables > 0) return rewritten;
      const footnotes = this.#footnotes;
      this.#footnotes = [];
      return [...rewritten, ...footnotes];
    });
  }

  #block(node: XmlElement, place: Place): XmlElement[] {
    switch (node.name) {
      case "w:p":
        return this.#paragraph(node, place);
      case "w:tbl":
        return this.#table(node, place);
      case "mc:AlternateContent":
        return this.blocks(alternative(node), place);
      case "w:sdt":
        return this.blocks(elementsOf(childAt(node, "w:sdtContent")), place);
      case "w:ins":
      case "w:moveTo":
      case "w:customXml":
      case "w:smartTag":
        return this.blocks(elementsOf(node), place);
      case "m:oMathPara":
      case "m:oMath":
        return [paragraph([run([text(mathText(node))])])];
      default:
        return [];
    }
  }

  #paragraph(node: XmlElement, place: Place): XmlElement[] {
    const properties = childAt(node, "w:pPr");
    const style = this.#parts.styles.get(valueAt(properties, "w:pStyle") ?? "");
    const boxes: XmlElement[] = [];
    const shaded = isShaded(properties) ?? style?.isShaded ?? place.isShaded;
    const content = this.#inline(elementsOf(node), {
      style,
      place: { ...place, isShaded: shaded },
      boxes,
    });
    const isMarkDeleted = childAt(properties, "w:rPr", "w:del") !== undefined;
    const mark = this.#markOf(properties, style);
    if (mark !== undefined && content.length > 0) content.unshift(run([text(writeMark(mark))]));
    const kept = isMarkDeleted
      ? [element("w:pPr", [element("w:rPr", [element("w:del")])]), ...content]
      : content;
    return [paragraph(kept), ...this.blocks(boxes, { ...place, isShaded: true })];
  }

  #markOf(properties: XmlElement | undefined, style: Style | undefined): BlockMark | undefined {
    const number = this.#parts.numberOf(properties, style);
    const level = outlineLevel(properties) ?? style?.headingLevel ?? 0;
    if (level > 0) return { kind: "heading", level, marker: number?.marker ?? "" };
    return number && { kind: "item", ...number };
  }

  #inline(nodes: XmlElement[], around: Around): XmlElement[] {
    return nodes.flatMap((node) => {
      switch (node.name) {
        case "w:r":
          return this.#run(node, around);
        case "w:sdt":
          return this.#inline(elementsOf(childAt(node, "w:sdtContent")), around);
        case "w:fldSimple":
          return around.place.isMargin && isPageNumber(node.attributes["w:instr"])
            ? []
            : this.#inline(elementsOf(node), around);
        case "w:hyperlink":
        case "w:ins":
        case "w:moveTo":
        case "w:customXml":
        case "w:smartTag":
        case "w:dir":
        case "w:bdo":
          return this.#inline(elementsOf(node), around);
        case "m:oMathPara":
        case "m:oMath":
          return [run([text(mathText(node))])];
        case "mc:AlternateContent":
          return this.#inline(alternative(node), around);
        default:
          return [];
      }
    });
  }

  #run(node: XmlElement, around: Around): XmlElement[] {
    const properties = childAt(node, "w:rPr");
    const isHidden = this.#isHidden(properties, around);
    const content = elementsOf(node).flatMap((child) => this.#runContent(child, around));
    if (content.length === 0) return [];
    const isText = ({ name }: XmlElement) => !/^w:(fldChar|instrText)$/.test(name);
    if (isHidden && content.some(isText)) this.hasHiddenText = true;
    const kept = isHidden ? content.filter((child) => !isText(child)) : content;
    return [run(this.#isRaised(properties) ? [raised, ...kept] : kept)];
  }

  #runContent(node: XmlElement, around: Around): XmlElement[] {
    if (this.#fields.accept(node)) return [node];
    const isPage = around.place.isMargin && isPageNumber(this.#fields.instruction());
    if (this.#fields.isInstruction() || isPage) return [];
    switch (node.name) {
      case "w:t":
        return [text(withoutMarkCharacters(textOf(node)))];
      case "w:tab":
      case "w:ptab":
        return [element("w:tab")];
      case "w:br":
      case "w:cr":
        return [element("w:br")];
      case "w:noBreakHyphen":
      case "w:sym":
        return [node];
      case "w:ruby":
        // The small reading above a word repeats the word.
        return elementsOf(childAt(node, "w:rubyBase"))
          .flatMap(elementsOf)
          .flatMap((child) => this.#runContent(child, around));
      case "w:footnoteReference":
      case "w:endnoteReference":
        return this.#noteReference(node, around);
      case "mc:AlternateContent":
        return alternative(node).flatMap((child) => this.#runContent(child, around));
      case "w:drawing":
      case "w:pict":
      case "w:object":
        around.boxes.push(...outermostBoxes(node).flatMap(elementsOf));
        return [];
      default:
        return [];
    }
  }

  #noteReference(node: XmlElement, { place }: Around): XmlElement[] {
    const kind = node.name === "w:footnoteReference" ? "footnote" : "endnote";
    const note = this.#parts.note(kind, node.attributes["w:id"] ?? "");
    if (note === undefined) return [];
    const isCustom = /^(1|true|on)$/.test(node.attributes["w:customMarkFollows"] ?? "");
    const mark = isCustom ? "" : raisedMark(note.mark);
    const begin = run([text(mark === "" ? "" : `${mark} `)]);
    // A note is no part of the table or the list that refers to it.
    const noteTables = this.#tables;
    this.#tables = 1;
    const blocks = this.blocks(note.blocks, place);
    this.#tables = noteTables;
    blocks[0]?.children.unshift(begin);
    (kind === "footnote" ? this.#footnotes : this.endnotes).push(...blocks);
    return mark === "" ? [] : [text(mark)];
  }

  #isHidden(properties: XmlElement | undefined, { style, place }: Around): boolean {
    const ofRun = this.#parts.styles.get(valueAt(properties, "w:rStyle") ?? "");
    const vanish = isOn(childAt(properties, "w:vanish")) ?? ofRun?.isHidden ?? style?.isHidden;
    if (vanish) return true;
    // Sizes are in half points. Nobody reads a text of one point.
    if ((numberAt(properties, "w:sz") ?? 20) <= 2) return true;
    const color = valueAt(properties, "w:color") ?? ofRun?.color ?? style?.color;
    const isOnColor = isShaded(properties) ?? ofRun?.isShaded ?? place.isShaded;
    return !isOnColor && /^(?:f.){3}$/i.test(color ?? "");
  }

  /** LibreOffice raises small text by a distance, in half points, where Word says that it is a superscript. */
  #isRaised(properties: XmlElement | undefined): boolean {
    const ofRun = this.#parts.styles.get(valueAt(properties, "w:rStyle") ?? "");
    const vertical = valueAt(properties, "w:vertAlign") ?? ofRun?.verticalAlignment;
    const isSmall = numberAt(properties, "w:sz") !== undefined;
    return vertical === "superscript" || (isSmall && (numberAt(properties, "w:position") ?? 0) > 2);
  }

  #table(node: XmlElement, place: Place): XmlElement[] {
    this.#tables += 1;
    const isStyled = valueAt(node, "w:tblPr", "w:tblStyle") !== undefined;
    const shaded = isStyled || (isShaded(childAt(node, "w:tblPr")) ?? place.isShaded);
    const rows = unwrapped(node, "w:tr").flatMap((row) =>
      this.#row(row, { ...place, isShaded: shaded }),
    );
    this.#tables -= 1;
    return [element("w:tbl", rows)];
  }

  #row(row: XmlElement, place: Place): XmlElement[] {
    const properties = childAt(row, "w:trPr");
    if (childAt(properties, "w:del")) return [];
    if (isOn(childAt(properties, "w:hidden"))) {
      this.hasHiddenText = true;
      return [];
    }
    const before = numberAt(properties, "w:gridBefore") ?? 0;
    const cells = Array.from({ length: Math.min(before, 63) }, () => cell([], 1, undefined));
    for (const node of unwrapped(row, "w:tc")) {
      const own = childAt(node, "w:tcPr");
      const span = Math.min(Math.max(numberAt(own, "w:gridSpan") ?? 1, 1), 63);
      const shaded = isShaded(own) ?? place.isShaded;
      const blocks = this.blocks(elementsOf(node), { ...place, isShaded: shaded });
      const isMergedWithLeft = childAt(own, "w:hMerge") && valueAt(own, "w:hMerge") !== "restart";
      cells.push(cell(isMergedWithLeft ? [] : blocks, span, childAt(own, "w:vMerge")));
    }
    const header = childAt(properties, "w:tblHeader");
    return [element("w:tr", header ? [element("w:trPr", [header]), ...cells] : cells)];
  }
}

interface Around {
  style: Style | undefined;
  place: Place;
  /** Filled with the content of the text boxes that are anchored in a paragraph. */
  boxes: XmlElement[];
}

/** A shape in two formats. The first is the newer one; older files have only the second. */
function alternative(node: XmlElement): XmlElement[] {
  const [choice, ...others] = elementsOf(node).filter(({ name }) =>
    /^mc:(Choice|Fallback)$/.test(name),
  );
  const hasText = (option: XmlElement | undefined) =>
    ["w:t", "w:txbxContent", "m:t"].some((name) => descendantsNamed(option, name).length > 0);
  return elementsOf(hasText(choice) ? choice : (others.find(hasText) ?? choice));
}

/** Returns the contents of text boxes, in order, without those of a second format. */
function outermostBoxes(node: XmlElement): XmlElement[] {
  if (node.name === "w:txbxContent") return [node];
  const children = node.name === "mc:AlternateContent" ? alternative(node) : elementsOf(node);
  return children.flatMap(outermostBoxes);
}

/** Rows and cells may stand in content controls. */
function unwrapped(node: XmlElement, name: string): XmlElement[] {
  return elementsOf(node).flatMap((child) => {
    if (child.name === name) return [child];
    const isWrapper = /^w:(sdt|sdtContent|ins|moveTo|customXml|smartTag)$/.test(child.name);
    return isWrapper ? unwrapped(child, name) : [];
  });
}

const isPageNumber = (instruction: string | undefined): boolean =>
  /^\s*(PAGE|NUMPAGES|SECTIONPAGES|SECTION)\b/i.test(instruction ?? "");

const element = (name: string, children: XmlElement[] = []): XmlElement => ({
  name,
  attributes: {},
  children,
});
const raised = element("w:rPr", [
  { name: "w:vertAlign", attributes: { "w:val": "superscript" }, children: [] },
]);
const paragraph = (children: XmlElement[]) => element("w:p", children);
const run = (children: XmlElement[]) => element("w:r", children);
const text = (content: string): XmlElement => ({
  name: "w:t",
  attributes: {},
  children: [content],
});

function cell(blocks: XmlElement[], span: number, merge: XmlElement | undefined): XmlElement {
  const gridSpan = { name: "w:gridSpan", attributes: { "w:val": String(span) }, children: [] };
  const properties = element("w:tcPr", merge ? [gridSpan, merge] : [gridSpan]);
  return element("w:tc", [properties, ...(blocks.length > 0 ? blocks : [paragraph([])])]);
}
