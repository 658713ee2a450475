import { createLimitedDependencies, createNotes } from "../dependencies.ts";
import { createNoteDelete } from "./route.ts";

const dependencies = createLimitedDependencies("note-delete", "conversations");

export const handler = createNoteDelete({ ...dependencies, notes: createNotes(dependencies) });

await dependencies.preparation.finish();
