import type { Passage } from "#lib/documents/search/search-passages.ts";
import { firstBytes } from "#lib/platform/first-bytes.ts";
import { shorten } from "#lib/platform/shorten.ts";
import { withoutUnseen } from "#lib/platform/unseen-characters.ts";
import { type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";

/** The gate cuts the model's text at 8 KB. No passage may be cut there, because its quotations are looked up in what is cited here. */
const maxTextBytes = 7_000;
const maxPassageBytes = 6_000;
const maxTitle = 120;
const maxHeadings = 200;
const maxQuote = 600;

/**
 * Writes passages for the model, as many as fit, and cites each: its heading has the number that the answer repeats.
 * @returns how many passages the text holds
 * @throws ToolRefusal if the turn has no room for another source
 */
export function writePassages(
  passages: readonly Omit<Passage, "score">[],
  context: Pick<ToolContext, "cite">,
): { text: string; count: number } {
  const entries: string[] = [];
  let room = maxTextBytes;
  for (const passage of passages) {
    const text = firstBytes(passage.text, maxPassageBytes);
    const heading = headingOf(passage);
    const bytes = Buffer.byteLength(`[999] ${heading}\n${text}\n\n`);
    if (bytes > room && entries.length > 0) break;
    const index = citeOrStop(
      { ...passage, text },
      passage.text.length,
      context,
      entries.length > 0,
    );
    if (index === undefined) break;
    room -= bytes;
    entries.push(`[${index}] ${heading}\n${withoutUnseen(text)}`);
  }
  return { text: entries.join("\n\n"), count: entries.length };
}

/** @param whole the length of the passage before it was cut */
function citeOrStop(
  { documentId, versionId, chunkId, partKind, partLabel, ...passage }: Omit<Passage, "score">,
  whole: number,
  { cite }: Pick<ToolContext, "cite">,
  hasOne: boolean,
): number | undefined {
  const { title, part, text, start } = passage;
  const end = passage.end - (whole - text.length);
  try {
    return cite(
      {
        ...{ title, document_id: documentId, version_id: versionId, chunk_id: chunkId },
        ...{ part, part_kind: partKind, ...(partLabel !== undefined && { part_label: partLabel }) },
        quote: text.slice(0, maxQuote),
      },
      { versionId, text, start, end },
    );
  } catch (error) {
    if (error instanceof ToolRefusal && hasOne) return undefined;
    throw error;
  }
}

function headingOf({
  title,
  name,
  partKind,
  part,
  partLabel,
  headingPath,
  documentId,
}: Omit<Passage, "score">) {
  const place = partLabel
    ? `${partKind} ${part}, ${shortLine(partLabel, maxTitle)}`
    : `${partKind} ${part}`;
  return [
    shortLine(title, maxTitle),
    ...(name === title ? [] : [shortLine(name, maxTitle)]),
    place,
    ...(headingPath.length > 0 ? [shortLine(headingPath.join(" › "), maxHeadings)] : []),
    `document ${documentId}`,
  ].join(" · ");
}

/** Returns what a person sees of a name or title, on one line. */
export const shortLine = (text: string, maxLength: number): string =>
  shorten(withoutUnseen(text).replace(/\s+/g, " ").trim(), maxLength);
