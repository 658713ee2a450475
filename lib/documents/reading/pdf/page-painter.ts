import type { getResolvedPDFJS } from "unpdf";
import { glyphText } from "./glyph-text.ts";
import { type Area, apply, holds, identity, type Matrix, multiply } from "./matrix.ts";
import { isDot } from "./painted-bullets.ts";
import {
  Background,
  firstState,
  isMatrix,
  type Path,
  pathOf,
  pictureArea,
  type State,
  transformed,
} from "./painting.ts";
import { continues, type PaintedWord, type Word } from "./word.ts";

type PdfDocument = Awaited<
  ReturnType<Awaited<ReturnType<typeof getResolvedPDFJS>>["getDocument"]>["promise"]
>;
export type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;
type Operators = Awaited<ReturnType<typeof getResolvedPDFJS>>["OPS"];

interface Glyph {
  unicode: string;
  width: number;
  isSpace: boolean;
  vmetric?: number[] | null;
}

interface Font {
  name: string;
  bold?: boolean;
  vertical?: boolean;
  fontMatrix?: number[];
  isType3Font?: boolean;
}

/** In points. A text of less is not read. */
const leastSize = 1;

/** Runs the operators of one page, and notes what a person sees of it. */
export class PagePainter {
  readonly rules: Area[] = [];
  /** Small round or square shapes. */
  readonly dots: Area[] = [];
  readonly #words: PaintedWord[] = [];
  readonly #page: PdfPage;
  readonly #operators: Operators;
  readonly #pageArea: Area;
  readonly #pageMatrix: Matrix;
  readonly #background = new Background();
  readonly #isLayerVisible: (group: unknown) => boolean;
  readonly #stack: State[] = [];
  /** For each open marked content, whether its layer is hidden. */
  readonly #hiddenContent: boolean[] = [];
  #state: State;
  #textMatrix: Matrix = identity;
  #x = 0;
  #y = 0;
  #lineX = 0;
  #lineY = 0;
  #isClipping = false;
  #isAnnotation = false;
  /** Nothing was painted since the matrix was set: pdf.js left out a picture, as it is told to. */
  #mayBePicture = false;

  constructor(
    page: PdfPage,
    operators: Operators,
    viewport: { width: number; height: number; transform: number[] },
    isLayerVisible: (group: unknown) => boolean,
  ) {
    this.#page = page;
    this.#operators = operators;
    this.#isLayerVisible = isLayerVisible;
    this.#pageArea = { left: 0, top: 0, right: viewport.width, bottom: viewport.height };
    this.#pageMatrix = viewport.transform as unknown as Matrix;
    this.#state = firstState(this.#pageMatrix, this.#pageArea);
  }

  run(operator: number, args: unknown[]): void {
    const OPS = this.#operators;
    const state = this.#state;
    const number = (index: number) => Number(args[index] ?? 0);
    switch (operator) {
      case OPS.save:
        this.#stack.push({ ...state });
        return;
      case OPS.restore:
      case OPS.paintFormXObjectEnd:
        if (this.#mayBePicture) this.#background.paintPicture(pictureArea(state));
        this.#mayBePicture = false;
        this.#state = this.#stack.pop() ?? state;
        return;
      case OPS.transform:
        state.matrix = transformed(state, args);
        this.#mayBePicture = true;
        return;
      case OPS.paintFormXObjectBegin:
        this.#stack.push({ ...state });
        state.matrix = transformed(state, args[0]);
        this.#mayBePicture = false;
        return;
      case OPS.beginAnnotation:
        this.#beginAnnotation(args);
        return;
      case OPS.endAnnotation:
        this.#isAnnotation = false;
        this.#state = this.#stack.pop() ?? state;
        return;
      case OPS.setGState:
        this.#setGraphicsState(args[0]);
        return;
      case OPS.setFillRGBColor:
        state.color = typeof args[0] === "string" ? args[0] : undefined;
        return;
      case OPS.setFillColorN:
        state.color = undefined;
        return;
      case OPS.clip:
      case OPS.eoClip:
        this.#isClipping = true;
        return;
      case OPS.constructPath:
        this.#path(number(0), pathOf(state, args));
        return;
      case OPS.shadingFill:
        this.#mayBePicture = false;
        this.#background.paint(state.clip, undefined);
        return;
      case OPS.beginMarkedContentProps:
        this.#hiddenContent.push(args[0] === "OC" && !this.#isLayerVisible(args[1]));
        return;
      case OPS.beginMarkedContent:
        this.#hiddenContent.push(false);
        return;
      case OPS.endMarkedContent:
        this.#hiddenContent.pop();
        return;
      default:
        this.#runText(operator, args, number);
    }
  }

  /** The fields of a form, with what people filled in, are painted after the page and in its space. */
  #beginAnnotation([, , transform, matrix]: unknown[]): void {
    this.#stack.push({ ...this.#state });
    this.#isAnnotation = true;
    this.#state = firstState(this.#pageMatrix, this.#pageArea);
    this.#state.matrix = transformed(this.#state, transform);
    this.#state.matrix = transformed(this.#state, matrix);
  }

  #runText(operator: number, args: unknown[], number: (index: number) => number): void {
    const OPS = this.#operators;
    const state = this.#state;
    switch (operator) {
      case OPS.beginText:
        this.#mayBePicture = false;
        this.#setTextMatrix(identity);
        return;
      case OPS.setFont:
        state.font = String(args[0]);
        state.fontSize = number(1);
        return;
      case OPS.setCharSpacing:
        state.characterSpacing = number(0);
        return;
      case OPS.setWordSpacing:
        state.wordSpacing = number(0);
        return;
      case OPS.setHScale:
        state.horizontalScale = number(0) / 100;
        return;
      case OPS.setLeading:
        state.leading = -number(0);
        return;
      case OPS.setTextRise:
        state.rise = number(0);
        return;
      case OPS.setTextRenderingMode:
        state.mode = number(0);
        return;
      case OPS.setTextMatrix: {
        const matrix = isMatrix(args[0]) ? args[0] : args;
        if (isMatrix(matrix)) this.#setTextMatrix(matrix);
        return;
      }
      case OPS.moveText:
        this.#move(number(0), number(1));
        return;
      case OPS.setLeadingMoveText:
        state.leading = number(1);
        this.#move(number(0), number(1));
        return;
      case OPS.nextLine:
        this.#move(0, state.leading);
        return;
      case OPS.showText:
      case OPS.showSpacedText:
        this.#show((args[0] ?? []) as (Glyph | number | null)[]);
    }
  }

  /** A scan has its recognised text behind the picture, in no color. The text belongs to what a person sees in the picture. */
  seenWords(): { words: Word[]; hasUnseenText: boolean } {
    const shown = this.#words.filter((word) => {
      if (!word.isPaintless) return !word.isUnseen;
      const isOnPicture = this.#background.isOnPicture(
        (word.left + word.right) / 2,
        word.baseline - word.size / 3,
      );
      return isOnPicture && !word.isUnseen;
    });
    return { words: shown, hasUnseenText: shown.length < this.#words.length };
  }

  #setGraphicsState(entries: unknown): void {
    if (!Array.isArray(entries)) return;
    for (const [key, value] of entries as [string, unknown][]) {
      if (key === "ca") this.#state.opacity = Number(value);
      if (key === "BM") this.#state.isBlended = value !== "source-over" && value !== "Normal";
      if (key === "Font" && Array.isArray(value)) {
        this.#state.font = String(value[0]);
        this.#state.fontSize = Number(value[1]);
      }
    }
  }

  #path(paint: number, path: Path | undefined): void {
    const OPS = this.#operators;
    const { color, opacity, isBlended } = this.#state;
    this.#mayBePicture = false;
    const isFilled = (
      [
        OPS.fill,
        OPS.eoFill,
        OPS.fillStroke,
        OPS.eoFillStroke,
        OPS.closeFillStroke,
        OPS.closeEOFillStroke,
      ] as number[]
    ).includes(paint);
    if (path && isFilled && opacity > 0) {
      const isOpaque = opacity === 1 && !isBlended;
      this.#background.paint(path.area, isOpaque ? color : undefined);
      // A marker pen is a rectangle over the text, too.
      if (isOpaque && path.isRectangle && !this.#isAnnotation) this.#cover(path.area);
    }
    if (path && paint !== OPS.endPath) {
      this.#noteRules(path);
      if (isDot(path.area)) this.dots.push(path.area);
    }
    if (path && this.#isClipping) this.#state.clip = path.area;
    this.#isClipping = false;
  }

  /** A rectangle over a text hides the text. */
  #cover(area: Area): void {
    for (const word of this.#words) {
      const y = word.baseline - word.size / 3;
      if (
        word.left >= area.left - 1 &&
        word.right <= area.right + 1 &&
        holds(area, (word.left + word.right) / 2, y)
      )
        word.isUnseen = true;
    }
  }

  #noteRules({ area, isRectangle }: Path): void {
    const width = area.right - area.left;
    const height = area.bottom - area.top;
    if (width < 20) return;
    if (height < 3) this.rules.push(area);
    // A larger rectangle is the background of the page.
    else if (isRectangle && height > 8 && height < 150)
      this.rules.push({ ...area, bottom: area.top }, { ...area, top: area.bottom });
  }

  #setTextMatrix(matrix: Matrix): void {
    this.#textMatrix = matrix;
    this.#x = this.#lineX = 0;
    this.#y = this.#lineY = 0;
  }

  #move(x: number, y: number): void {
    this.#x = this.#lineX += x;
    this.#y = this.#lineY += y;
  }

  #show(glyphs: (Glyph | number | null)[]): void {
    this.#mayBePicture = false;
    const state = this.#state;
    const font = this.#font(state.font);
    const size = Math.abs(state.fontSize);
    const direction = state.fontSize < 0 ? -1 : 1;
    const advanceScale = size * (font.fontMatrix?.[0] ?? 0.001);
    const scale = state.horizontalScale * direction;
    const matrix = multiply(state.matrix, this.#textMatrix);
    for (const glyph of glyphs) {
      if (glyph === null) continue;
      if (typeof glyph === "number") {
        const shift = (-glyph * size) / 1000;
        // Vertical text runs downwards, and a positive number moves the next glyph down.
        if (font.vertical) this.#y += shift;
        else this.#x += shift * scale;
        continue;
      }
      const spacing = (glyph.isSpace ? state.wordSpacing : 0) + state.characterSpacing;
      if (font.vertical) {
        const advance = (-(glyph.vmetric?.[0] ?? -1000) * advanceScale || size) + spacing;
        this.#glyph(glyph, font, matrix, { advance: size, size, spacing: 0, isVertical: true });
        this.#y -= advance;
        continue;
      }
      const advance = glyph.width * advanceScale * scale;
      this.#glyph(glyph, font, matrix, {
        advance,
        size,
        spacing: state.characterSpacing * scale,
        isVertical: false,
      });
      this.#x += advance + spacing * scale;
    }
  }

  #glyph(
    glyph: Glyph,
    font: Font,
    matrix: Matrix,
    {
      advance,
      size,
      spacing,
      isVertical,
    }: { advance: number; size: number; spacing: number; isVertical: boolean },
  ): void {
    const text = glyphText(glyph.unicode);
    const last = this.#words.at(-1);
    if (text.trim() === "") {
      if (text !== "" && last) last.hasBlankAfter = true;
      return;
    }
    const state = this.#state;
    const turn = turnOf(matrix);
    const height = Math.hypot(matrix[2], matrix[3]) * size;
    const begin = this.#turned(apply(matrix, this.#x, this.#y + state.rise), turn);
    const end = this.#turned(apply(matrix, this.#x + advance, this.#y + state.rise), turn);
    const [left, right] = begin[0] <= end[0] ? [begin[0], end[0]] : [end[0], begin[0]];
    const isBold = font.bold === true || /bold|black|heavy|semibold|demi/i.test(font.name ?? "");
    const middle = apply(
      matrix,
      this.#x + advance / 2,
      this.#y + state.rise + (isVertical ? -size / 2 : size / 3),
    );
    const isPaintless = state.mode === 3 || state.mode === 7;
    const isUnseen = height < leastSize || this.#isUnseenAt(middle[0], middle[1], isPaintless);
    const word = {
      text,
      left,
      right,
      baseline: begin[1],
      size: height,
      isBold,
      turn,
      hasBlankAfter: false,
      isUnseen,
      isPaintless,
    };
    const scaledSpacing = spacing * Math.hypot(matrix[0], matrix[1]);
    if (last && continues(last, word, scaledSpacing)) {
      last.text += text;
      last.right = Math.max(last.right, right);
    } else this.#words.push(word);
  }

  #isUnseenAt(x: number, y: number, isPaintless: boolean): boolean {
    const { clip, color, opacity, mode } = this.#state;
    if (!holds(this.#pageArea, x, y) || !holds(clip, x, y)) return true;
    if (opacity < 0.04 || this.#hiddenContent.includes(true)) return true;
    // Modes 1 and 5 paint the outline, in another color.
    return !isPaintless && mode !== 1 && mode !== 5 && this.#background.hides(color, x, y);
  }

  /** Turned text gets coordinates as if the page were turned until the text is upright. */
  #turned([x, y]: [number, number], turn: number): [number, number] {
    const { right, bottom } = this.#pageArea;
    if (turn === 90) return [y, right - x];
    if (turn === 180) return [right - x, bottom - y];
    if (turn === 270) return [bottom - y, x];
    return [x, y];
  }

  #font(name: string): Font {
    try {
      return this.#page.commonObjs.get(name) as Font;
    } catch {
      // A font that cannot be loaded has glyphs without a name.
      return { name: "" };
    }
  }
}

/** As it is shown: a matrix of upright text has its y axis pointing up, which is -d here. */
function turnOf([a, b]: Matrix): number {
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  return (Math.round(degrees / 90) * 90 + 360) % 360;
}
