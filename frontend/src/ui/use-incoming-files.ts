import { useEffect, useRef, useState } from "react";

/**
 * Calls `onFiles` with files that the person drops anywhere on the page or pastes. Returns whether files are being dragged over the
 * page. While a dialog is open, only a listener of the dialog gets files.
 */
export function useIncomingFiles(onFiles: (files: File[]) => void, isInDialog = false): boolean {
  const [isDragged, setIsDragged] = useState(false);
  const newest = useRef(onFiles);
  newest.current = onFiles;

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const isOurs = () => isInDialog || document.querySelector("dialog[open]") === null;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const take = (files: Iterable<File> | undefined) => {
      const all = [...(files ?? [])];
      if (all.length > 0 && isOurs()) newest.current(all);
    };
    window.addEventListener(
      "dragover",
      (event) => {
        if (!hasFiles(event)) return;
        // Otherwise the browser leaves the page and opens the file.
        event.preventDefault();
        setIsDragged(isOurs());
      },
      { signal },
    );
    window.addEventListener(
      "dragleave",
      // The pointer has left the window, not only an element.
      ({ relatedTarget }) => relatedTarget === null && setIsDragged(false),
      { signal },
    );
    window.addEventListener(
      "drop",
      (event) => {
        setIsDragged(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        take(event.dataTransfer?.files);
      },
      { signal },
    );
    window.addEventListener(
      "paste",
      ({ clipboardData }) => {
        // A copied table comes as a text, and again as a picture.
        if (clipboardData?.types.includes("text/plain") === false) take(clipboardData.files);
      },
      { signal },
    );
    return () => listening.abort();
  }, [isInDialog]);

  return isDragged;
}
