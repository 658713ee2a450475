import { getDocument, type PDFDocumentProxy } from "pdfjs-dist";
// Sets `globalThis.pdfjsWorker`. The page's policy refuses every worker: a Trusted Type would have to name its script. PDF.js
// then runs in the page's own thread.
import "pdfjs-dist/build/pdf.worker.mjs";

/**
 * Opens a PDF. It loads the bytes that the shown pages need, and runs nothing of the file: no script, no font program of its own
 * outside the browser's font engine, no WebAssembly, which the page's policy refuses.
 */
export function openPdf(url: string): { file: Promise<PDFDocumentProxy>; close: () => void } {
  const task = getDocument({
    url,
    disableAutoFetch: true,
    disableStream: true,
    useWasm: false,
    disableWorkerRendering: true,
    enableXfa: false,
    isOffscreenCanvasSupported: false,
    stopAtErrors: false,
    verbosity: 0,
  });
  return { file: task.promise, close: () => void task.destroy() };
}
