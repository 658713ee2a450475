import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import { findWords } from "./find-words.ts";
import { openPdf } from "./pdf-file.ts";
import styles from "./pdf-pages.module.css";

type Opened =
  | { state: "opening" }
  | { state: "failed"; needsPassword: boolean }
  | { state: "open"; file: PDFDocumentProxy; ratio: number };

/** The original pages of a PDF. Each is drawn when it comes into view. */
export function PdfPages({
  getUrl,
  firstPage,
  quotation,
}: {
  getUrl: () => Promise<string | null>;
  /** The number of the page to scroll to. */
  firstPage: number | undefined;
  /** The words to mark on that page. */
  quotation: string | undefined;
}) {
  const { view: texts } = useDocumentTexts();
  const [opened, setOpened] = useState<Opened>({ state: "opening" });
  const [open] = useState(() => getUrl);

  useEffect(() => {
    let isCurrent = true;
    let close = () => {};
    const start = async () => {
      const url = await open();
      if (url === null || !isCurrent) return setOpened({ state: "failed", needsPassword: false });
      const pdf = openPdf(url);
      close = pdf.close;
      const file = await pdf.file;
      const { width, height } = (await file.getPage(1)).getViewport({ scale: 1 });
      if (isCurrent) setOpened({ state: "open", file, ratio: width / height });
    };
    start().catch((error: unknown) => {
      // PDF.js throws errors of its own for a damaged or locked file and for a network fault.
      if (isCurrent) setOpened({ state: "failed", needsPassword: isPasswordError(error) });
    });
    return () => {
      isCurrent = false;
      close();
    };
  }, [open]);

  if (opened.state === "opening") return <p role="status">{texts.loading}</p>;
  if (opened.state === "failed") {
    return (
      <p role="alert">{opened.needsPassword ? texts.originalPassword : texts.originalFailed}</p>
    );
  }
  const { file, ratio } = opened;
  return (
    <div className={styles.pages}>
      {Array.from({ length: file.numPages }, (_, index) => (
        <Page
          // biome-ignore lint/suspicious/noArrayIndexKey: the pages of a file never change
          key={index}
          file={file}
          number={index + 1}
          ratio={ratio}
          isFirst={index + 1 === firstPage}
          quotation={index + 1 === firstPage ? quotation : undefined}
        />
      ))}
    </div>
  );
}

const isPasswordError = (error: unknown) =>
  error instanceof Error && error.name === "PasswordException";

/** A page with the shape of the first page until it is drawn. */
function Page({
  file,
  number,
  ratio,
  isFirst,
  quotation,
}: {
  file: PDFDocumentProxy;
  number: number;
  ratio: number;
  isFirst: boolean;
  quotation: string | undefined;
}) {
  const { view: texts } = useDocumentTexts();
  const frame = useRef<HTMLDivElement>(null);
  const hasScrolled = useRef(false);
  const [isNear, setIsNear] = useState(false);
  const [shape, setShape] = useState(ratio);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    // The first page is in sight, below the choice of the form.
    if (isFirst && number > 1) element.scrollIntoView({ block: "start" });
    // One screen ahead, so that a person who scrolls slowly sees no empty page.
    const observer = new IntersectionObserver(
      ([entry]) => setIsNear(entry?.isIntersecting ?? false),
      { rootMargin: "100% 0px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isFirst, number]);

  useEffect(() => {
    const element = frame.current;
    if (!isNear || element === null) return;
    const onDrawn = () => {
      if (hasScrolled.current) return;
      hasScrolled.current = true;
      element.querySelector("mark")?.scrollIntoView({ block: "center" });
    };
    return drawPage({ file, number, quotation, element, onShape: setShape, onDrawn });
  }, [file, number, quotation, isNear]);

  return (
    <figure className={styles.page}>
      <figcaption className={styles.caption}>{texts.pageOf(number, file.numPages)}</figcaption>
      <div className={styles.paper} ref={frame} style={{ aspectRatio: shape }} />
    </figure>
  );
}

/** Draws a page into an element. Returns the function that removes the drawing: a canvas takes megabytes. */
function drawPage({
  file,
  number,
  quotation,
  element,
  onShape,
  onDrawn,
}: {
  file: PDFDocumentProxy;
  number: number;
  quotation: string | undefined;
  element: HTMLElement;
  onShape: (ratio: number) => void;
  onDrawn: () => void;
}): () => void {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  let cancel = () => {};
  let isCurrent = true;
  const draw = async () => {
    const page = await file.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    onShape(width / height);
    // Sharp on a screen with small pixels, and never larger than browsers allow.
    const scale = Math.min(
      (element.clientWidth / width) * devicePixelRatio,
      4_096 / height,
      4_096 / width,
    );
    const viewport = page.getViewport({ scale });
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    if (!isCurrent) return;
    const rendering = page.render({ canvas, viewport });
    cancel = () => rendering.cancel();
    await rendering.promise;
    const marks = quotation === undefined ? [] : await markWords(page, quotation);
    if (!isCurrent) return;
    element.replaceChildren(canvas, ...marks);
    onDrawn();
  };
  draw().catch(() => {
    // A damaged page stays white. Its text can still be read.
  });
  return () => {
    isCurrent = false;
    cancel();
    canvas.width = 0;
    element.replaceChildren();
  };
}

/** Returns marks over words of a page, placed in percent of its size. The width of a letter is estimated. */
async function markWords(page: PDFPageProxy, words: string): Promise<HTMLElement[]> {
  const { width, height, transform } = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  const texts = items.flatMap((item) => ("str" in item ? [item] : []));
  const runs = findWords(
    texts.map(({ str }) => str),
    words,
  );
  return runs.flatMap(({ item, from, to }) => {
    const text = texts[item];
    if (text === undefined) return [];
    const at = (unit: number) => (text.width * unit) / text.str.length;
    const corners = [
      [at(from), -descent * text.height],
      [at(to), ascent * text.height],
    ].map(([along, up]) => place(text.transform, along ?? 0, up ?? 0, transform));
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    const mark = document.createElement("mark");
    mark.className = styles.mark ?? "";
    mark.setAttribute("aria-hidden", "true");
    Object.assign(mark.style, {
      left: percent(left, width),
      top: percent(top, height),
      width: percent(right - left, width),
      height: percent(bottom - top, height),
    });
    return [mark];
  });
}

/** How far letters reach below and above their line, as parts of the font's size. */
const descent = 0.22;
const ascent = 0.82;

const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;

/**
 * Returns the place of a point on the page, from its distances along and above a text's line. `line` is the text's matrix: its
 * scale is in the distances already.
 */
function place(line: number[], along: number, up: number, view: number[]): [number, number] {
  const [a = 1, b = 0, , , e = 0, f = 0] = line;
  const size = Math.hypot(a, b) || 1;
  const [x, y] = [e + (along * a - up * b) / size, f + (along * b + up * a) / size];
  const [va = 1, vb = 0, vc = 0, vd = 1, ve = 0, vf = 0] = view;
  return [va * x + vc * y + ve, vb * x + vd * y + vf];
}
