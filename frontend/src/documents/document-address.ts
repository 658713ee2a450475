/** A place in a document. Without `start` and `part` it is the document's beginning. */
export interface DocumentPlace {
  documentId: string;
  /** By default the version that is searched. */
  versionId?: string | undefined;
  /** The quoted words, in UTF-16 units of the document's text. */
  start?: number | undefined;
  end?: number | undefined;
  /** The number of a page, slide, sheet or section. */
  part?: number | undefined;
}

const prefix = "#document/";

/**
 * Returns a link to a place in a document. The link is a fragment: it opens the document above the page that is open, and
 * the server does not have to know the address.
 */
export function documentHash({ documentId, versionId, start, end, part }: DocumentPlace): string {
  const fields = Object.entries({ version: versionId, start, end, part })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  return prefix + [documentId, ...fields].join("&");
}

/** Returns the place that a fragment leads to; null for every other fragment. Anybody may write a link. */
export function parseDocumentHash(hash: string): DocumentPlace | null {
  if (!hash.startsWith(prefix)) return null;
  const [documentId = "", ...fields] = hash.slice(prefix.length).split("&");
  const given = new URLSearchParams(fields.join("&"));
  const number = (name: string) =>
    /^\d{1,9}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : undefined;
  if (!/^[\da-f-]{36}$/i.test(documentId)) return null;
  return {
    documentId,
    versionId: given.get("version") ?? undefined,
    start: number("start"),
    end: number("end"),
    part: number("part"),
  };
}
