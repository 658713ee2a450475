import { useEffect, useRef } from "react";
import type { DocumentPart } from "#lib/contract/document.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import { useResultTexts } from "../texts/use-result-texts.ts";
import styles from "./document-view.module.css";
import { textBlocks } from "./text-blocks.ts";

/** Offsets in the document's whole text. */
export interface Range {
  start: number;
  end: number;
}

/** The loaded parts. Scrolls to the quoted words once, or else to the part that the link names. */
export function DocumentText({
  parts,
  range,
  firstPart,
}: {
  parts: DocumentPart[];
  range: Range | null;
  firstPart: number | undefined;
}) {
  const { view: texts } = useDocumentTexts();
  const text = useRef<HTMLDivElement>(null);
  const isFound = range !== null && parts.some((part) => overlaps(part, range));

  useEffect(() => {
    const mark = text.current?.querySelector<HTMLElement>("mark");
    const part = text.current?.querySelector<HTMLElement>("[data-first]");
    const target = mark ?? part;
    target?.scrollIntoView({ block: mark ? "center" : "start" });
    // A screen reader reads on from here.
    target?.focus({ preventScroll: true });
  }, []);

  return (
    <div className={styles.text} ref={text}>
      {range !== null && !isFound && <p className={styles.aside}>{texts.outsideText}</p>}
      {parts.map((part, index) => {
        // A long part comes in several pieces.
        const isBeginning = parts[index - 1]?.number !== part.number;
        return (
          <Part
            key={part.start}
            part={part}
            hasHeading={isBeginning && (part.kind !== "section" || part.label !== null)}
            range={range !== null && overlaps(part, range) ? range : null}
            isFirst={isBeginning && part.number === firstPart}
          />
        );
      })}
    </div>
  );
}

function Part({
  part: { number, kind, label, start, text },
  hasHeading,
  range,
  isFirst,
}: {
  part: DocumentPart;
  hasHeading: boolean;
  range: Range | null;
  isFirst: boolean;
}) {
  const { view: texts } = useDocumentTexts();
  const { part: names } = useResultTexts();
  return (
    <section data-first={isFirst || undefined} tabIndex={-1} className={styles.part}>
      {hasHeading && <h4 className={styles.heading}>{label ?? names[kind](number)}</h4>}
      {text.trim() === "" && <p className={styles.aside}>{texts.emptyPart}</p>}
      {textBlocks(text, start, range).map(({ start: from, text: words, mark }) => (
        <p key={from} className={styles.block} dir="auto">
          {mark === null ? (
            words
          ) : (
            <>
              {words.slice(0, mark.from)}
              <mark className={styles.mark} tabIndex={-1}>
                {words.slice(mark.from, mark.to)}
              </mark>
              {words.slice(mark.to)}
            </>
          )}
        </p>
      ))}
    </section>
  );
}

const overlaps = ({ start, text }: DocumentPart, range: Range) =>
  range.start < start + text.length && range.end > start;
