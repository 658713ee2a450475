import { type ReactNode, useRef, useState } from "react";
import type * as v from "valibot";
import { NoteList as NoteListSchema } from "#lib/contract/note.ts";
import { requestJson, requestRemoval } from "../api/request.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useNoteTexts } from "../texts/use-note-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { CheckBox } from "../ui/check-box.tsx";
import { ConfirmedButton } from "../ui/confirmed-button.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { useRequests } from "../ui/use-requests.ts";
import styles from "./note-list.module.css";

type Notes = v.InferOutput<typeof NoteListSchema>;
type Note = Notes["notes"][number];

const path = "/api/v1/notes";

/**
 * Returns the owner's notes.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadNoteList(
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  const first = await requestJson(path, NoteListSchema, { signal });
  return <NoteList first={first} onSessionEnded={onSessionEnded} />;
}

function NoteList({ first, onSessionEnded }: { first: Notes; onSessionEnded: () => void }) {
  const { notes: names } = useTexts();
  const texts = useNoteTexts();
  const [{ enabled, notes }, setNotes] = useState(first);
  /** The choice that is being sent. */
  const [wanted, setWanted] = useState<boolean | null>(null);
  const { failure, isRunning, run } = useRequests(onSessionEnded);
  const heading = useRef<HTMLHeadingElement>(null);

  const enable = async (next: boolean) => {
    if (isRunning) return;
    setWanted(next);
    await run(async () => {
      const options = { method: "PATCH", body: { enabled: next } } as const;
      setNotes(await requestJson(path, NoteListSchema, options));
    });
    setWanted(null);
  };

  const remove = async ({ id }: Note) => {
    if (isRunning) return;
    const isDeleted = await run(() => requestRemoval(`${path}/${encodeURIComponent(id)}`));
    if (!isDeleted) return;
    setNotes((before) => ({ ...before, notes: before.notes.filter((note) => note.id !== id) }));
    // The button that had the focus goes with its note.
    heading.current?.focus();
  };

  return (
    <div className={styles.notes}>
      <CheckBox
        checked={wanted ?? enabled}
        describedBy="memory"
        onChange={(next) => void enable(next)}
      >
        <strong className={styles.memory}>{texts.memory}</strong>
      </CheckBox>
      <p className={styles.aside} id="memory">
        {texts.explanation}
      </p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      <h3 className={styles.heading} ref={heading} tabIndex={-1}>
        {texts.count(notes.length)}
      </h3>
      {notes.length === 0 ? (
        <p className={styles.aside}>{enabled ? texts.empty : texts.emptyAndOff}</p>
      ) : (
        <ul className={styles.list} aria-label={names.notes}>
          {notes.map((note) => (
            <NoteRow key={note.id} note={note} onDelete={() => void remove(note)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function NoteRow({ note, onDelete }: { note: Note; onDelete: () => void }) {
  const texts = useNoteTexts();
  const formats = useFormats();
  const at = new Date(note.created_at);
  const textId = `note-${note.id}`;

  return (
    <li className={styles.note}>
      <p className={styles.text} dir="auto" id={textId}>
        {note.text}
      </p>
      <div className={styles.row}>
        <time className={styles.aside} dateTime={note.created_at}>
          {formats.dayAndTime(at)}
        </time>
        <ConfirmedButton
          label={texts.delete}
          question={texts.deleteQuestion}
          describedBy={textId}
          onConfirm={onDelete}
        />
      </div>
    </li>
  );
}
