import { deleteAllConversations } from "#lib/conversations/delete-all-conversations.ts";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { createNoteStore } from "#lib/notes/note-store.ts";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { createLimitedDependencies, createRouteDatabase } from "../dependencies.ts";
import { createMeDelete } from "./route.ts";

const dependencies = createLimitedDependencies("me-delete", "conversations");
const database = createRouteDatabase(dependencies);
const { owner, site } = dependencies.config.documents;

export const handler = createMeDelete({
  ...dependencies,
  keys: createApiKeyStore(database),
  notes: createNoteStore(database),
  deleteConversations: (ownerId, hasTime) =>
    deleteAllConversations({ database, deleteThreads }, ownerId, hasTime),
  documents: createDocumentStore(database, { own: owner, site }),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();
