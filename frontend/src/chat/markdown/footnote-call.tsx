import type { FootnoteReference } from "mdast";
import { use } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./markdown.module.css";
import { ReferencesContext } from "./references.ts";

/** The number of a footnote in the text. A button, not a link, so that the address stays the conversation's. */
export function FootnoteCall({ call }: { call: FootnoteReference }) {
  const { markdown: texts } = useTexts();
  const { references, id } = use(ReferencesContext);
  const index = references.notes.findIndex(({ identifier }) => identifier === call.identifier);
  if (index === -1) return null;
  const isFirst = references.calls.get(call.identifier) === call;
  return (
    <sup>
      <button
        className={styles.call}
        type="button"
        id={isFirst ? callId(id, index) : undefined}
        aria-label={texts.footnote(index + 1)}
        onClick={() => focusElement(noteId(id, index))}
      >
        {index + 1}
      </button>
    </sup>
  );
}

/** The id of a note. `answerId` is unique on the page. */
export const noteId = (answerId: string, index: number) => `${answerId}-note-${index + 1}`;
/** The id of the first call of a note. */
export const callId = (answerId: string, index: number) => `${answerId}-call-${index + 1}`;

export function focusElement(id: string): void {
  const element = document.getElementById(id);
  element?.scrollIntoView({ block: "nearest" });
  element?.focus({ preventScroll: true });
}
