import type { Table } from "#lib/contract/table.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { cutTable } from "./cut-table.ts";
import { maxToolCalls } from "./planned-call.ts";

const kilobyte = 1024;
const maxModelBytes = 8 * kilobyte;
const maxStoredBytes = 64 * kilobyte;
const maxStoredBytesOfTurn = 256 * kilobyte;

/** Returns an output for the model: at most 8 KB. */
export const cutForModel = (output: string): string => cutOutput(output, maxModelBytes);

/**
 * Returns a function that cuts the results of one turn for the person: at most 64 KB each and 256 KB together, text and table.
 * Each call that may still come keeps room for as much as the model reads of it.
 */
export function createStoredOutputs(earlier: { calls: number; bytes: number }) {
  let { calls, bytes } = earlier;
  return (output: string, table?: Table): { stored: string; table?: Table } => {
    calls += 1;
    const ofLaterCalls = Math.max(maxToolCalls - calls, 0) * maxModelBytes;
    const room = Math.max(maxStoredBytesOfTurn - bytes - ofLaterCalls, 0);
    const ofCall = Math.min(room, maxStoredBytes);
    const stored = cutOutput(output, ofCall);
    const kept = table && cutTable(table, ofCall - Buffer.byteLength(stored));
    bytes += Math.min(storedBytes({ output: stored, table: kept }), room);
    if (kept) return { stored, table: kept };
    return { stored: table ? `${stored}\n${tableLeftOut}` : stored };
  };
}

const tableLeftOut = "… (left out: a table that is too large)";

/** Returns how much of a turn's space a result takes. */
export const storedBytes = (result: { output?: string | undefined; table?: Table | undefined }) =>
  Buffer.byteLength(result.output ?? "") +
  (result.table ? Buffer.byteLength(JSON.stringify(result.table)) : 0);

/** Cuts an output, fills a blank one, which Bedrock refuses, and removes what PostgreSQL refuses. */
function cutOutput(output: string, maxBytes: number): string {
  // A unit has at least one byte, so that the rest of 10 MB need not be read.
  const start = output.slice(0, maxBytes + 1);
  const text = storableText(start);
  const bytes = Buffer.from(text);
  const isCut = output.length > start.length || bytes.length > maxBytes;
  // In streaming mode the decoder drops a character that the limit has cut in half.
  const kept = isCut
    ? new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true })
    : text;
  if (kept.trim() === "") return "(no output)";
  return isCut ? `${kept}\n… (cut after ${Math.floor(maxBytes / kilobyte)} KB)` : kept;
}
