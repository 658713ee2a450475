import { randomBytes } from "node:crypto";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type { SaverPool } from "./saver-pool.ts";

/**
 * PostgresSaver whose versions are unique. Upstream counts 1, 2, 3 and inserts with ON CONFLICT DO
 * NOTHING, so of two branches from one checkpoint the second is silently lost (langgraphjs #1812).
 */
export class ForkSafePostgresSaver extends PostgresSaver {
  constructor(pool: SaverPool) {
    // Of pg.Pool the saver uses what SaverPool has; the published conformance suite stands guard.
    super(pool as unknown as ConstructorParameters<typeof PostgresSaver>[0]);
  }

  /** As in the Python saver: a counter that sorts as text, and chance. A thread's old numbers go on counting. */
  override getNextVersion(current: number | string | undefined): number {
    const count = current === undefined ? 1 : Number.parseInt(String(current), 10) + 1;
    const version = `${String(count).padStart(16, "0")}.${randomBytes(6).toString("hex")}`;
    // Versions may be numbers or strings; PostgresSaver's type knows only the former.
    return version as unknown as number;
  }
}
