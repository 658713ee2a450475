import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { DecidedTurn } from "#lib/contract/decision.ts";
import { type ChatClient, readEvents } from "#test/support/chat-client.ts";
import type { EvaluationCase } from "./case.ts";
import { judge, type ObservedAnswer } from "./judge.ts";
import type { Rows } from "./same-rows.ts";

/** How one case ended. */
export interface CaseResult {
  name: string;
  kind: EvaluationCase["kind"];
  /** One sentence for each expectation that was not met. */
  faults: string[];
  calls: string[];
  /** From the last message to the first token of its answer, and to the end. */
  firstTokenMs: number | null;
  totalMs: number;
  /** The sum of all turns of the case. Null if a turn's price is unknown. */
  costUsd: number | null;
}

interface CaseParts {
  client: ChatClient;
  /** Runs a query on the sample database. */
  query: (sql: string) => Promise<Rows>;
}

/** Holds the conversation of a case over HTTP, as any client does, and judges its last answer. */
export async function runCase(
  evaluated: EvaluationCase,
  { client, query }: CaseParts,
): Promise<CaseResult> {
  const { name, kind, messages, decision } = evaluated;
  const turns: Turn[] = [];
  for (const message of messages) {
    turns.push(await takeTurn(client, message, turns.at(-1)?.state.conversation_id, decision));
  }
  const last = turns.at(-1);
  if (!last) throw new Error(`The case ${name} has no message.`);
  const { state, firstTokenMs, totalMs } = last;
  const answer = observed(state);
  const faults = await judge(evaluated, answer, { query });
  if (state.status === "failed") faults.unshift(`the turn failed: ${state.error?.detail ?? ""}`);
  return {
    ...{ name, kind, faults, firstTokenMs, totalMs },
    calls: answer.tools.map((call) => call.name),
    costUsd: turns.reduce<number | null>((sum, turn) => add(sum, turn.state.usage?.cost_usd), 0),
  };
}

interface Turn {
  state: TurnState;
  firstTokenMs: number | null;
  totalMs: number;
}

async function takeTurn(
  client: ChatClient,
  message: string,
  conversationId: string | undefined,
  decision: EvaluationCase["decision"],
): Promise<Turn> {
  const startedAt = performance.now();
  let firstTokenMs: number | null = null;
  let response = await client.stream(message, conversationId);
  for (;;) {
    let ids: { conversation_id: string; turn_id: string } | undefined;
    let waiting: ToolCall[] = [];
    for await (const { event, data } of readEvents(response)) {
      if (event === "turn") ids = data;
      if (event === "delta") firstTokenMs ??= performance.now() - startedAt;
      if (event === "waiting") waiting = data.calls;
    }
    if (!ids) throw new Error(`The stream of “${message}” began with no turn.`);
    if (waiting.length === 0 || decision === undefined) {
      const totalMs = performance.now() - startedAt;
      return { state: await readState(client, ids), firstTokenMs, totalMs };
    }
    response = await client.send(await decide(client, ids, waiting, decision));
  }
}

/** Decides about every call that waits. Returns where the turn's continuation is streamed. */
async function decide(
  client: ChatClient,
  ids: { conversation_id: string; turn_id: string },
  waiting: readonly ToolCall[],
  decision: NonNullable<EvaluationCase["decision"]>,
): Promise<string> {
  let streamUrl = "";
  for (const { id, approval } of waiting) {
    const { arguments_sha256 } = approval ?? {};
    const body = { ...ids, call_id: id, arguments_sha256, decision };
    const response = await client.sendJson("POST", "/api/v1/chat/decision", body);
    if (response.status !== 200) throw new Error(`A decision returned ${response.status}.`);
    streamUrl = ((await response.json()) as DecidedTurn).stream_url;
  }
  return streamUrl;
}

async function readState(
  client: ChatClient,
  { conversation_id, turn_id }: { conversation_id: string; turn_id: string },
): Promise<TurnState> {
  const query = new URLSearchParams({ conversation_id, turn_id });
  const headers = { accept: "application/json" };
  const response = await client.send(`/api/v1/chat?${query}`, { headers });
  return (await response.json()) as TurnState;
}

const observed = ({
  result,
  partial,
  tools,
  sources,
  citations = [],
}: TurnState): ObservedAnswer => ({
  text: result ?? partial ?? "",
  tools,
  sources,
  citations,
});

const add = (sum: number | null, cost: number | null | undefined): number | null =>
  sum === null || cost === null || cost === undefined ? null : sum + cost;
