import * as v from "valibot";
import type { Trace } from "#lib/contract/trace.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { assembleTrace } from "./assemble-trace.ts";
import { packing } from "./packed-trace.ts";
import { selectTrace } from "./select-trace.ts";
import { TraceRow } from "./stored-trace.ts";
import { unpackAttempts } from "./unpack-trace.ts";

/** Returns what happened in a turn, or undefined if the owner has no such turn. One database request. */
export async function getTrace(
  database: Database,
  turn: { owner: string; turnId: string },
): Promise<Trace | undefined> {
  const [found] = await database.query(selectTrace(turn));
  if (!found) return undefined;
  const { attempts, model, ...rest } = v.parse(FoundRow, found);
  const row = { ...rest, attempts: unpackAttempts(attempts, model, packing) };
  return assembleTrace(v.parse(TraceRow, row));
}

/** What a packed attempt holds is checked after its values have their names. */
const FoundRow = v.looseObject({
  attempts: v.array(v.array(v.unknown())),
  model: v.nullable(v.string()),
});
