import type { FootnoteReference } from "mdast";
import { use } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { callId, goTo, noteId } from "./footnote-places.ts";
import styles from "./markdown.module.css";
import { ReferencesContext } from "./references.ts";

/** The number of a note, which leads to it. A button, not a link: the address is the conversation's, and stays. */
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
        onClick={() => goTo(noteId(id, index))}
      >
        {index + 1}
      </button>
    </sup>
  );
}
