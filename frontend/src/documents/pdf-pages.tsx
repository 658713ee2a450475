import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
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
}: {
  getUrl: () => Promise<string | null>;
  /** The number of the page to scroll to. */
  firstPage: number | undefined;
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
}: {
  file: PDFDocumentProxy;
  number: number;
  ratio: number;
  isFirst: boolean;
}) {
  const { view: texts } = useDocumentTexts();
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setIsNear] = useState(false);
  const [shape, setShape] = useState(ratio);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    if (isFirst) element.scrollIntoView({ block: "start" });
    // One screen ahead, so that a person who scrolls slowly sees no empty page.
    const observer = new IntersectionObserver(
      ([entry]) => setIsNear(entry?.isIntersecting ?? false),
      { rootMargin: "100% 0px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isFirst]);

  useEffect(() => {
    const element = frame.current;
    if (!isNear || element === null) return;
    return drawPage(file, number, element, setShape);
  }, [file, number, isNear]);

  return (
    <figure className={styles.page}>
      <figcaption className={styles.caption}>{texts.pageOf(number, file.numPages)}</figcaption>
      <div className={styles.paper} ref={frame} style={{ aspectRatio: shape }} />
    </figure>
  );
}

/** Draws a page into an element. Returns the function that removes the drawing: a canvas takes megabytes. */
function drawPage(
  file: PDFDocumentProxy,
  number: number,
  element: HTMLElement,
  onShape: (ratio: number) => void,
): () => void {
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
    if (isCurrent) element.replaceChildren(canvas);
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
