import type { Parents } from "mdast";
import { type ReactNode, use } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { callId, focusElement, noteId } from "./footnote-call.tsx";
import styles from "./markdown.module.css";
import { ReferencesContext } from "./references.ts";

/** The footnotes at the end of an answer. */
export function Footnotes({ draw }: { draw: (note: Parents) => ReactNode }) {
  const { markdown: texts } = useTexts();
  const { references, id } = use(ReferencesContext);
  return (
    // Not a section: each answer would add a landmark with the same name.
    <div className={styles.footnotes}>
      <h3 className="spoken">{texts.footnotes}</h3>
      <ol>
        {references.notes.map((note, index) => (
          // The call moves the focus here.
          <li key={note.identifier} id={noteId(id, index)} tabIndex={-1}>
            {draw(note)}
            {references.calls.has(note.identifier) && (
              <button
                className={styles.call}
                type="button"
                aria-label={texts.backToReference(index + 1)}
                onClick={() => focusElement(callId(id, index))}
              >
                ↩
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
