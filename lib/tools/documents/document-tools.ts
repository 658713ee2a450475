import type { Tool } from "#lib/tools/tool.ts";
import type { Library } from "./library.ts";
import { createListDocuments } from "./list-documents.ts";
import type { LibrarySettings } from "./open-library.ts";
import { createReadDocument } from "./read-document.ts";
import { createSearchDocuments } from "./search-documents.ts";

/** Returns the tools that read the team's documents. Their work is loaded with the first call. */
export function documentTools(settings: LibrarySettings): Tool[] {
  if (!settings.config.documents.isOn) return [];
  let library: Promise<Library> | undefined;
  const load = () => {
    library ??= import("./open-library.ts").then(({ openLibrary }) => openLibrary(settings));
    return library;
  };
  return [createSearchDocuments(load), createReadDocument(load), createListDocuments(load)];
}
