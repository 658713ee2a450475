import { createLimitedDependencies, createNotes } from "../dependencies.ts";
import { createNoteUpdate } from "./route.ts";

const dependencies = createLimitedDependencies("note-update", "conversations");

export const handler = createNoteUpdate({ ...dependencies, notes: createNotes(dependencies) });

await dependencies.preparation.finish();
