import { toUsd } from "#lib/budget/price.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool, ToolContext } from "#lib/tools/tool.ts";
import { type Conversation, emptyConversation } from "./composed-address.ts";
import { createStoredOutputs, cutForModel } from "./cut-output.ts";
import { failedResult, type ToolResult, unknownResult } from "./outcomes.ts";
import { planCall, tooMany } from "./plan-call.ts";
import { type ModelToolCall, maxToolCalls, type PlannedCall } from "./planned-call.ts";
import { policyOf } from "./policy.ts";
import { createProgressReports } from "./progress-reports.ts";
import { createRepetitions } from "./repetitions.ts";
import { runCall } from "./run-call.ts";
import { createSourceList } from "./source-list.ts";

interface GateOptions {
  tools: readonly Tool[];
  /** False if some tools could not be looked up; true by default. */
  isComplete?: boolean;
  /** The first matching rule decides. Without one a tool may read, and asks a person before a change. */
  policy: readonly PolicyRule[];
  telemetry: Telemetry;
  /** How long one call may take; 15 s by default. A tool that reaches outside gives up earlier. */
  timeoutMs?: number | undefined;
  /** What the turn's calls before have stored, if this gate continues a turn. */
  earlier?: { calls: number; bytes: number; sources: readonly Source[] } | undefined;
}

interface CallContext extends Omit<ToolContext, "cite" | "report"> {
  /** Called when the call starts, when it reports progress, and when it ends. */
  onChange: (call: ToolCall) => void;
  /** Called with each source that the call has found, before the call's end. */
  onSource: (source: Source, passage?: ReceivedPassage) => void;
  /** Pays for the call, in microdollars, before it runs. What it throws ends the turn. */
  pay: (price: number) => Promise<void>;
}

/** Stands between the model and every tool, for one turn. Only code and the deployment's settings decide what may run. */
export interface Gate {
  /** The tools that the model may know. */
  readonly offered: readonly Tool[];
  /**
   * Decides about the calls of one answer. `earlierCalls` is the number of the turn's calls before, and `readConversation`
   * returns what the model has read. Reads it only for a call with an address, and once. Runs nothing.
   */
  plan(
    calls: readonly ModelToolCall[],
    earlierCalls?: number,
    readConversation?: () => Conversation,
  ): PlannedCall[];
  /**
   * Runs one call, or returns why it is refused. Returns every failure as a result, so that the turn goes on. A result
   * with the state `unknown` must leave the call's receipt claimed. A call that only reads, and that this gate has run before
   * with the same arguments, gets the result of that call, unless a call with an effect came between them.
   * @throws the signal's reason if the turn ends first, what `pay` throws, or Error if a call with an effect has no receipt
   */
  run(call: PlannedCall, context: CallContext): Promise<ToolResult>;
}

export function createGate(options: GateOptions): Gate {
  const { tools, isComplete = true, policy, telemetry, timeoutMs = 15_000 } = options;
  const offered = tools.filter((tool) => policyOf(tool, policy) !== "deny");
  const earlier = options.earlier ?? { calls: 0, bytes: 0, sources: [] };
  const cutForPerson = createStoredOutputs(earlier);
  const sources = createSourceList(earlier.sources);

  const repetitions = createRepetitions();

  const toolOf = (call: PlannedCall) =>
    tools.find(({ name, clientName = name }) => clientName === call.name);

  async function runAndShow(
    call: PlannedCall,
    shown: Omit<ToolCall, "state">,
    { onChange, onSource, pay, ...context }: CallContext,
  ): Promise<ToolResult> {
    // The effect is that of a tool that exists.
    const tool = shown.effect && toolOf(call);
    const price = call.verdict === "refused" ? 0 : (tool?.costMicrodollars ?? 0);
    if (price > 0) await pay(price);
    const paid = price > 0 ? { ...shown, cost_usd: toUsd(price) } : shown;
    const startedAt = performance.now();
    onChange({ ...paid, state: "running" });
    const cited = new Map<Source, ReceivedPassage | undefined>();
    const reports = createProgressReports((progress) =>
      onChange({ ...paid, state: "running", progress }),
    );
    const { state, output, table } = await runCall({ tools, telemetry, timeoutMs }, call, {
      ...context,
      report: reports.report,
      cite(source, passage) {
        const numbered = sources.number(source);
        cited.set(numbered, passage);
        return numbered.index;
      },
    }).finally(reports.end);
    context.signal.throwIfAborted();

    const forPerson = cutForPerson(output, table);
    const result: ToolResult =
      state === "unknown"
        ? unknownResult
        : { state, output: cutForModel(output), stored: forPerson.stored, isOwnWords: false };
    const durationMs = Math.round(performance.now() - startedAt);
    const measured = call.client ? "client" : tool?.name;
    measure(telemetry, measured ?? "unknown", state, durationMs);
    const found = state === "done" ? sources.show([...cited.keys()]) : [];
    for (const source of found) onSource(source, cited.get(source));
    const ofTable = forPerson.table && { table: forPerson.table };
    onChange({ ...paid, state, output: result.stored, ...ofTable, duration_ms: durationMs });
    return result;
  }

  return {
    offered,
    plan(calls, earlierCalls = 0, readConversation = () => emptyConversation) {
      let read: Conversation | undefined;
      const conversation = () => {
        read ??= readConversation();
        return read;
      };
      return calls.map((call, index) =>
        planCall({ tools, isComplete, offered, policy }, call, {
          isTooMany: earlierCalls + index >= maxToolCalls,
          conversation,
        }),
      );
    },

    async run(call, context) {
      const { id, name, input, client, refusal } = call;
      if (refusal === tooMany) return failedResult(`Error: ${tooMany}`);
      // A tool that does not exist has no effect to show.
      const effect = toolOf(call)?.effect;
      const shown = { id, name, ...(effect && { effect }), ...(client && { client }), input };
      const { repeats, result } = await repetitions.once(call, () =>
        runAndShow(call, shown, context),
      );
      if (repeats === undefined) return result;
      context.signal.throwIfAborted();
      const { stored } = cutForPerson(result.output);
      telemetry.info("tool.repeated", { tool: name });
      context.onChange({ ...shown, state: "done", output: stored, duration_ms: 0, repeats });
      return { ...result, stored };
    },
  };
}

/** The name must be a tool's, because a name that the model or a program invented must not create another metric. */
function measure(telemetry: Telemetry, tool: string, state: string, durationMs: number) {
  telemetry.info("tool.finished", { tool, state, duration_ms: durationMs });
  telemetry.measure("ToolCalls", 1, { tool });
  telemetry.measure("ToolDuration", durationMs, { tool });
  if (state !== "done") telemetry.measure("ToolErrors", 1, { tool });
}
