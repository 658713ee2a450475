import { type ReactNode, use, useId } from "react";
import { IsInLink } from "#frontend/chat/markdown/links.tsx";
import { documentHash } from "#frontend/documents/document-address.ts";
import { useResultTexts } from "#frontend/texts/use-result-texts.ts";
import type { Citation } from "#lib/contract/citation.ts";
import styles from "./checked-words.module.css";
import type { WordMark } from "./word-marks.ts";

/** Words of an answer that were checked: a link to their place if they were found. */
export function CheckedWords({ mark, children }: { mark: WordMark; children: ReactNode }) {
  const isInLink = use(IsInLink);
  if (isInLink) return children;
  if (mark.kind === "number") return <UnsourcedNumber>{children}</UnsourcedNumber>;
  return <Quotation citation={mark.citation}>{children}</Quotation>;
}

/** What the check of a quotation has found, after its last words. */
export function CheckResult({ mark }: { mark: WordMark }) {
  const { checked: texts } = useResultTexts();
  if (mark.kind === "number") return null;
  const { state, longest_run: run } = mark.citation;
  if (state === "verified") {
    return (
      <span className={styles.tick} title={texts.verified}>
        <span aria-hidden="true">✓</span>
        <span className="spoken"> {texts.verified}</span>
      </span>
    );
  }
  if (state === "removed") {
    return <Badge sign="–" label={texts.removed} reason={texts.removedReason} isFault={false} />;
  }
  const longest = run ? ` ${texts.longestRun(run)}` : "";
  return (
    <Badge sign="⚠" label={texts.unverified} reason={texts.unverifiedReason + longest} isFault />
  );
}

/** A number that nothing the answer has read contains. A button, so that the keyboard and a finger reach the reason. */
function UnsourcedNumber({ children }: { children: ReactNode }) {
  const { checked: texts } = useResultTexts();
  const id = useId();
  return (
    <>
      <button
        className={styles.number}
        type="button"
        popoverTarget={id}
        aria-describedby={id}
        title={texts.unsourcedNumber}
      >
        {children}
      </button>
      <Reason id={id}>{texts.unsourcedNumber}</Reason>
    </>
  );
}

function Quotation({ citation, children }: { citation: Citation; children: ReactNode }) {
  const { checked: texts } = useResultTexts();
  const { state, document_id: documentId } = citation;
  if (state !== "verified" || documentId === undefined) {
    return <span className={styles[state]}>{children}</span>;
  }
  const href = documentHash({
    documentId,
    versionId: citation.version_id,
    start: citation.document_start,
    end: citation.document_end,
    part: citation.part,
  });
  return (
    <a className={styles.verified} href={href} title={texts.openQuotation}>
      <IsInLink value={true}>{children}</IsInLink>
    </a>
  );
}

/** A button, so that the keyboard and a finger reach the reason. */
function Badge({
  sign,
  label,
  reason,
  isFault,
}: {
  sign: string;
  label: string;
  reason: string;
  isFault: boolean;
}) {
  const id = useId();
  return (
    <>
      <button
        className={styles.badge}
        type="button"
        data-fault={isFault || undefined}
        popoverTarget={id}
        aria-describedby={id}
        title={reason}
      >
        <span aria-hidden="true">{sign} </span>
        {label}
      </button>
      <Reason id={id}>{reason}</Reason>
    </>
  );
}

/** A span, because it is within a paragraph. */
function Reason({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span className={styles.reason} id={id} popover="auto" dir="auto">
      {children}
    </span>
  );
}
