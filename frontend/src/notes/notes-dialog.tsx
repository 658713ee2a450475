import { type ReactNode, useState } from "react";
import { toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";

/** The memory across conversations: whether it is on, and what the assistant has noted. */
export function NotesDialog(props: { onClose: () => void; onSessionEnded: () => void }) {
  const { notes: texts } = useTexts();
  const { onSessionEnded } = props;
  const [load] = useState(() => (signal: AbortSignal) => loadNotes(signal, onSessionEnded));
  return <LoadedDialog title={texts.notes} loading={texts.loading} load={load} {...props} />;
}

/** Loads the script that requests and draws the notes. The byte budget of the first load has no room for it. */
async function loadNotes(signal: AbortSignal, onSessionEnded: () => void): Promise<ReactNode> {
  const { loadNoteList } = await import("./note-list.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadNoteList(signal, onSessionEnded);
}
