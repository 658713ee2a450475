import { documentHash } from "#frontend/documents/document-address.ts";
import type { Source } from "#lib/contract/source.ts";
import { sourceUrl } from "./source-url.ts";

/** Returns where a source can be read: the address of a web page, or the place in a document of this service. */
export function sourceLink(source: Source): string | null {
  const { document_id: documentId, version_id: versionId, part } = source;
  if (documentId !== undefined) return documentHash({ documentId, versionId, part });
  return sourceUrl(source)?.href ?? null;
}

/** Attributes of a link to a web page. A document opens above the page that is open. */
export const linkAttributes = (href: string) =>
  href.startsWith("#") ? { href } : { href, target: "_blank", rel: "noopener noreferrer nofollow" };
