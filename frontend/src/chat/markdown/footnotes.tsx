import { use } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { callId, goTo, noteId } from "./footnote-places.ts";
import styles from "./markdown.module.css";
import { ReferencesContext } from "./references.ts";
import { renderChildren } from "./render-markdown.tsx";

/** The notes of an answer, at its end. */
export function Footnotes() {
  const { markdown: texts } = useTexts();
  const { references, id } = use(ReferencesContext);
  return (
    // No section: each answer would have a landmark of the same name.
    <div className={styles.footnotes}>
      <h2 className="spoken">{texts.footnotes}</h2>
      <ol>
        {references.notes.map((note, index) => (
          // Focus goes here from the note's number.
          <li key={note.identifier} id={noteId(id, index)} tabIndex={-1}>
            {renderChildren(note)}
            {references.calls.has(note.identifier) && (
              <button
                className={styles.call}
                type="button"
                aria-label={texts.backToReference(index + 1)}
                onClick={() => goTo(callId(id, index))}
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
