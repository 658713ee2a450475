import { createLimitedDependencies, createNotes } from "../dependencies.ts";
import { createNoteList } from "./route.ts";

const dependencies = createLimitedDependencies("note-list", "conversations");

export const handler = createNoteList({ ...dependencies, notes: createNotes(dependencies) });

await dependencies.preparation.finish();
