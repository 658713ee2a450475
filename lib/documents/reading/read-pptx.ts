import { DocumentFault, moreThan, type ReadLimits } from "./document-file.ts";
import { numberRanges } from "./number-ranges.ts";
import { type OfficePackage, openPackage } from "./office/office-package.ts";
import { childAt, childrenNamed, textOf, type XmlElement } from "./office/xml-tree.ts";
import { chartBlocks } from "./pptx/chart-blocks.ts";
import { diagramBlocks } from "./pptx/diagram-blocks.ts";
import { drawingTable } from "./pptx/drawing-table.ts";
import { paragraphReader } from "./pptx/paragraph-reader.ts";
import { inReadingOrder, type Shape, shapesOf } from "./pptx/shapes.ts";
import { type SlideParts, slideParts } from "./pptx/slide-parts.ts";
import { isUnseenText } from "./pptx/unseen-text.ts";
import type { Block, Part, Reader } from "./read-document.ts";

/**
 * Reads a presentation: each slide's shapes by their position, then the speaker's notes. What repeats on slides (a footer, a text of
 * the master) is read once. Hidden slides and shapes, and shapes beside the slide, are left out.
 */
export const readPptx: Reader = async ({ bytes }, limits) => {
  const file = openPackage(bytes, limits, {
    product: "presentation",
    usualMain: "ppt/presentation.xml",
  });
  const presentation = file.xml(file.main);
  if (presentation?.name !== "p:presentation")
    throw new DocumentFault("The file is damaged: the list of its slides is missing.");
  const names = slideNames(file, presentation);
  if (names.length > limits.pages) throw moreThan(limits.pages, "slides");

  const reading = new Reading(file, presentation, limits);
  names.forEach((name, index) => {
    reading.slide(name, index + 1);
  });
  return reading.result();
};

function slideNames(file: OfficePackage, presentation: XmlElement): string[] {
  const related = new Map(file.relationships(file.main).map(({ id, target }) => [id, target]));
  return childrenNamed(childAt(presentation, "p:sldIdLst"), "p:sldId").flatMap(
    ({ attributes }) => related.get(attributes["r:id"] ?? "") ?? [],
  );
}

class Reading {
  readonly #file: OfficePackage;
  readonly #presentation: XmlElement;
  readonly #limits: ReadLimits;
  readonly #parts: Part[] = [];
  readonly #repeated = new Set<string>();
  readonly #hidden: number[] = [];
  readonly #empty: number[] = [];
  readonly #withUnseen: number[] = [];
  #cells = 0;
  #title: string | undefined;

  constructor(file: OfficePackage, presentation: XmlElement, limits: ReadLimits) {
    this.#file = file;
    this.#presentation = presentation;
    this.#limits = limits;
  }

  slide(name: string, number: number): void {
    const parts = slideParts(this.#file, name);
    if (parts === undefined) return;
    if (/^(0|false)$/.test(parts.slide.attributes.show ?? "")) {
      this.#hidden.push(number);
      return;
    }
    const shown = this.#shownShapes(parts, number);
    const blocks = shown.flatMap((shape) => this.#blocks(shape, parts, shown, number));
    const title = blocks.find((block) => block.kind === "heading");
    if (number === 1 && title) this.#title = title.text;
    blocks.push(...this.#notesBlocks(parts));
    if (blocks.length === 0) this.#empty.push(number);
    this.#parts.push({ number, kind: "slide", blocks });
  }

  result() {
    if (this.#parts.every(({ blocks }) => blocks.length === 0))
      throw new DocumentFault("The presentation holds no text.");
    const notes = [
      ...sentence(
        this.#hidden,
        (slide) => `${slide} is hidden and was left out.`,
        (slides) => `${slides} are hidden and were left out.`,
      ),
      ...sentence(
        this.#empty,
        (slide) => `${slide} holds no text.`,
        (slides) => `${slides} hold no text.`,
      ),
      ...(this.#withUnseen.length > 0
        ? [`Text that cannot be seen on ${numberRanges("slide", this.#withUnseen)} was left out.`]
        : []),
    ];
    return {
      ...(this.#title === undefined ? {} : { title: this.#title }),
      parts: this.#parts,
      notes,
    };
  }

  #shownShapes(parts: SlideParts, number: number): Shape[] {
    const own = shapesOf(parts.slide, parts);
    const size = childAt(this.#presentation, "p:sldSz")?.attributes;
    const width = Number(size?.cx ?? 9_144_000);
    const height = Number(size?.cy ?? 6_858_000);
    const shown = own.filter(({ box, isHidden }) => {
      const isOutside =
        box !== undefined &&
        (box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0);
      return !isHidden && !isOutside;
    });
    if (shown.length < own.length) this.#noteUnseen(number);
    return [...inReadingOrder(shown), ...this.#background(parts)];
  }

  /** What layout and master show on the slide: not their placeholders, which only say where a slide's own text goes. */
  #background(parts: SlideParts): Shape[] {
    const isOff = (element: XmlElement | undefined) =>
      /^(0|false)$/.test(element?.attributes.showMasterSp ?? "");
    const layers = isOff(parts.slide)
      ? []
      : [parts.layout, ...(isOff(parts.layout) ? [] : [parts.master])];
    return layers.flatMap((layer) =>
      shapesOf(layer, parts).filter(
        ({ placeholder, isHidden, element }) =>
          placeholder === undefined && !isHidden && this.#isFirst(textOf(element).trim()),
      ),
    );
  }

  #blocks(shape: Shape, parts: SlideParts, shapes: Shape[], number: number): Block[] {
    const { placeholder } = shape;
    if (placeholder?.type === "sldNum") return [];
    if (
      placeholder &&
      /^(ftr|dt|hdr)$/.test(placeholder.type) &&
      !this.#isFirst(textOf(shape.element).trim())
    )
      return [];
    if (shape.element.name === "p:graphicFrame") return this.#frameBlocks(shape.element, parts);
    const isUnseen = (run: XmlElement) => isUnseenText(run, shape, parts, shapes);
    const reader = paragraphReader(shape, parts, isUnseen);
    const blocks = reader.blocks(childrenNamed(childAt(shape.element, "p:txBody"), "a:p"));
    if (reader.hasUnseenText()) this.#noteUnseen(number);
    return blocks;
  }

  #frameBlocks(frame: XmlElement, parts: SlideParts): Block[] {
    const data = childAt(frame, "a:graphic", "a:graphicData");
    const table = childAt(data, "a:tbl");
    if (table) {
      const block = drawingTable(table);
      if (block?.kind === "table") this.#countCells(block.rows);
      return block ? [block] : [];
    }
    const chart = parts.related(childAt(data, "c:chart")?.attributes["r:id"]);
    if (chart) {
      const blocks = chartBlocks(chart);
      for (const block of blocks) if (block.kind === "table") this.#countCells(block.rows);
      return blocks;
    }
    return diagramBlocks(parts.related(childAt(data, "dgm:relIds")?.attributes["r:dm"]));
  }

  #notesBlocks({ notes }: SlideParts): Block[] {
    const body = shapesOf(notes, undefined).filter(
      ({ placeholder }) => placeholder?.type === "body",
    );
    return body.flatMap((shape) =>
      paragraphReader(shape, undefined, () => false).blocks(
        childrenNamed(childAt(shape.element, "p:txBody"), "a:p"),
      ),
    );
  }

  #countCells(rows: string[][]): void {
    this.#cells += rows.reduce((sum, row) => sum + row.length, 0);
    if (this.#cells > this.#limits.cells) throw moreThan(this.#limits.cells, "cells");
  }

  #isFirst(text: string): boolean {
    if (text === "" || this.#repeated.has(text)) return false;
    this.#repeated.add(text);
    return true;
  }

  #noteUnseen(number: number): void {
    if (this.#withUnseen.at(-1) !== number) this.#withUnseen.push(number);
  }
}

type Say = (slides: string) => string;

function sentence(numbers: number[], one: Say, many: Say): string[] {
  if (numbers.length === 0) return [];
  const say = numbers.length === 1 ? one : many;
  return [say(numberRanges("Slide", numbers))];
}
