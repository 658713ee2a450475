import type { ToolResult } from "./outcomes.ts";
import type { PlannedCall } from "./planned-call.ts";

interface Once {
  result: ToolResult;
  /** The id of the call that has run, if it was not this one. */
  repeats?: string;
}

/** Models call a tool again with the same arguments, also twice in one answer. Such a call need not run again. */
export function createRepetitions() {
  const calls = new Map<string, { id: string; result: Promise<ToolResult> }>();

  return {
    /** Runs a call, or waits for the same call that was begun before. What failed is run again. */
    async once(call: PlannedCall, run: () => Promise<ToolResult>): Promise<Once> {
      if (call.effect === "write") calls.clear(); // What was read before may have changed.
      if (call.verdict !== "run" || call.effect === "write") return { result: await run() };
      const key = `${call.name} ${call.argumentsSha256}`;
      for (let known = calls.get(key); known; known = calls.get(key)) {
        const result = await known.result;
        if (result.state === "done") return { result, repeats: known.id };
        if (calls.get(key) === known) calls.delete(key);
      }
      const running = run();
      calls.set(key, { id: call.id, result: running });
      return { result: await running };
    },
  };
}
