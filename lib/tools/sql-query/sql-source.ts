import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { LoadedTools, ToolSource } from "#lib/tools/tool-source.ts";

interface SqlSourceParts {
  telemetry: Telemetry;
  /** Returns the tools as the database is now, or those before if nothing has changed. */
  loadTools: (before: LoadedTools) => Promise<LoadedTools>;
  now?: () => number;
}

const freshForMs = 5 * 60_000;
/** After a failed read of the views. The known views stay in use. */
const retryAfterMs = 30_000;

/**
 * Returns the source of the tool `sql_query`, whose description holds the views of the database. The views are read once
 * for an instance, and again when they are five minutes old; meanwhile the old ones are used. Without the database, or
 * with a role that may do more than read views, there is no tool.
 */
export function createSqlSource({
  telemetry,
  loadTools,
  now = Date.now,
}: SqlSourceParts): ToolSource {
  let held: LoadedTools = { tools: [], isComplete: false };
  let freshUntilMs = 0;
  let loading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    try {
      held = await loadTools(held);
      freshUntilMs = now() + freshForMs;
    } catch (error) {
      telemetry.error("sql_query.schema_failed", error);
      freshUntilMs = now() + retryAfterMs;
    }
  }

  return {
    async load(signal) {
      if (now() >= freshUntilMs) {
        loading ??= refresh().finally(() => {
          loading = undefined;
        });
      }
      if (held.tools.length === 0 && loading) {
        const { promise: left, resolve } = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (!signal.aborted) await Promise.race([loading, left]);
      }
      return held;
    },
  };
}
