import type pg from "pg";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import { canonicalJson, sha256 } from "#lib/tools/gate/digest.ts";
import { type ToolUse, toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import type { BedrockServer } from "#local/bedrock/server.ts";
import type { ChatClient } from "#test/support/chat-client.ts";
import { resultText } from "./acting-model.ts";
import type { ReceivedEffect } from "./effect-receiver.ts";

/** What became of the calls with an effect, and what was promised and not kept. */
export interface EffectFindings {
  /** Calls with an effect. */
  tried: number;
  /** Shown as done: the effect has happened once. */
  happened: number;
  denied: number;
  /** Shown as unknown: the effect has happened once or not at all. */
  unknown: number;
  /** Shown as done, and never happened. */
  lost: number;
  /** Happened twice. */
  doubled: number;
  /** Happened without an approval that a person gave for these arguments, or with one that was used before. */
  unapproved: number;
  details: string[];
}

interface Parts {
  pool: pg.Pool;
  /** All that the receiver of this system has ever received. */
  received: readonly ReceivedEffect[];
  /** The tools that ask. */
  asked: readonly string[];
}

interface ReceiptRow {
  id: string;
  call_id: string;
  arguments_sha256: string;
  state: "claimed" | "settled" | "unknown";
  approval: string | null;
  approved_sha256: string | null;
  is_used: boolean;
}

/** An effect that has happened. The key is the receipt's id. */
interface Effect {
  key: string;
  argumentsSha256: string;
}

interface Fault {
  kind: "lost" | "doubled" | "unapproved" | "other";
  detail: string;
}

const hashOf = (value: unknown): string => sha256(canonicalJson(value));

/** Holds the transcript of conversations, as a client reads it, against receipts, approvals, notes and the receiver. */
export async function checkEffects(
  talks: { client: ChatClient; conversationId: string }[],
  { pool, received, asked }: Parts,
): Promise<EffectFindings> {
  const ids = talks.map(({ conversationId }) => conversationId);
  const turns: TurnState[] = [];
  // One after the other: each request at the same time would start a process of its own.
  for (const talk of talks) turns.push(...(await readTranscript(talk)));
  const calls = turns.flatMap(({ tools }) => tools).filter(({ effect }) => effect === "write");
  const receipts = await readReceipts(pool, ids);
  const effects = [
    ...received.map(({ idempotencyKey, body }) => ({
      ...{ key: idempotencyKey, argumentsSha256: hashOf({ to: "recorder", body }) },
    })),
    ...(await readNotes(pool, ids)),
  ];
  const faults = [
    ...calls.flatMap((call) => callFaults(call, effects, receipts)),
    ...calls.flatMap((call) => (asked.includes(call.name) ? approvalFaults(call, receipts) : [])),
    ...effects.flatMap((effect) => effectFaults(effect, receipts)),
    ...receipts.flatMap((receipt) => receiptFaults(receipt, calls)),
    ...turns.flatMap(turnFaults),
    ...(await bookingFaults(pool, ids)),
  ];
  const shown = (state: ToolCall["state"]) => calls.filter((call) => call.state === state).length;
  const found = (kind: Fault["kind"]) => faults.filter((fault) => fault.kind === kind).length;
  return {
    ...{ tried: calls.length, happened: shown("done") },
    ...{ denied: shown("denied"), unknown: shown("unknown") },
    ...{ lost: found("lost"), doubled: found("doubled"), unapproved: found("unapproved") },
    details: faults.map(({ detail }) => detail),
  };
}

const other = (detail: string): Fault => ({ kind: "other", detail });

function callFaults({ id, state, input }: ToolCall, effects: Effect[], receipts: ReceiptRow[]) {
  const hash = hashOf(input);
  const times = effects.filter(({ argumentsSha256 }) => argumentsSha256 === hash).length;
  const receipt = receipts.find(({ call_id }) => call_id === id);
  const faults: Fault[] = [];
  if (times > 1) faults.push({ kind: "doubled", detail: `happened ${times} times: ${id}` });
  if (times === 0 && state === "done")
    faults.push({ kind: "lost", detail: `shown as done, and never happened: ${id}` });
  if (times > 0 && state !== "done" && state !== "unknown")
    faults.push(other(`shown as ${state}, and happened: ${id}`));
  if (state === "done" && receipt?.state !== "settled")
    faults.push(other(`shown as done, and no receipt says so: ${id}`));
  if (state !== "unknown" && receipt?.state === "unknown")
    faults.push(other(`shown as ${state}, and nobody can know: ${id}`));
  if (state === "denied" && receipt) faults.push(other(`denied, and claimed: ${id}`));
  return faults;
}

/** The arguments that the person has read must be those of the effect. */
function approvalFaults({ id, input }: ToolCall, receipts: ReceiptRow[]): Fault[] {
  const receipt = receipts.find(({ call_id }) => call_id === id);
  if (!receipt) return [];
  const { approval, is_used, arguments_sha256, approved_sha256 } = receipt;
  const isApproved =
    approval === "approved" &&
    is_used &&
    approved_sha256 === arguments_sha256 &&
    hashOf(input) === arguments_sha256;
  return isApproved ? [] : [{ kind: "unapproved", detail: `happened without an approval: ${id}` }];
}

function effectFaults({ key, argumentsSha256 }: Effect, receipts: ReceiptRow[]): Fault[] {
  const receipt = receipts.find(({ id }) => id === key);
  if (!receipt) return [other(`happened without a receipt: ${key}`)];
  const isSame = receipt.arguments_sha256 === argumentsSha256;
  return isSame ? [] : [other(`happened with other arguments than its receipt: ${key}`)];
}

function receiptFaults({ call_id, state }: ReceiptRow, calls: ToolCall[]): Fault[] {
  if (!calls.some(({ id }) => id === call_id)) return [other(`claimed, and not shown: ${call_id}`)];
  return state === "claimed" ? [other(`claimed by a turn that has ended: ${call_id}`)] : [];
}

function turnFaults({ turn_id, finished_at, tools }: TurnState): Fault[] {
  if (finished_at === null) return [other(`never ended: ${turn_id}`)];
  return tools
    .filter(({ state }) => state === "running" || state === "waiting")
    .map(({ id, state }) => other(`${state} in a turn that has ended: ${id}`));
}

/** A turn that has ended holds no money. */
async function bookingFaults(pool: pg.Pool, conversationIds: string[]): Promise<Fault[]> {
  const { rows } = await pool.query<{ turn_id: string }>(
    `select bookings.turn_id from bookings join turns on turns.id = bookings.turn_id
     where bookings.state = 'open' and turns.finished_at is not null and conversation_id = any($1)`,
    [conversationIds],
  );
  return rows.map(({ turn_id }) => other(`holds money after its end: ${turn_id}`));
}

async function readNotes(pool: pg.Pool, conversationIds: string[]): Promise<Effect[]> {
  const { rows } = await pool.query<{ id: string; text: string }>(
    "select id, text from notes where conversation_id = any($1)",
    [conversationIds],
  );
  return rows.map(({ id, text }) => ({ key: id, argumentsSha256: hashOf({ text }) }));
}

async function readReceipts(pool: pg.Pool, conversationIds: string[]): Promise<ReceiptRow[]> {
  const { rows } = await pool.query<ReceiptRow>(
    `select receipts.id, call_id, receipts.arguments_sha256, receipts.state, approvals.state as approval,
       approvals.arguments_sha256 as approved_sha256, approvals.used_at is not null as is_used
     from receipts left join approvals using (call_id)
     where receipts.conversation_id = any($1)`,
    [conversationIds],
  );
  return rows;
}

/** Returns all turns of a conversation, oldest first. */
export async function readTranscript({
  client,
  conversationId,
}: {
  client: ChatClient;
  conversationId: string;
}) {
  const turns: TurnState[] = [];
  for (let before: string | null = ""; before !== null; ) {
    const query = before && `?before=${before}`;
    const response = await client.send(`/api/v1/conversations/${conversationId}${query}`);
    if (response.status !== 200) throw new Error(`The transcript is a ${response.status}.`);
    const page = (await response.json()) as ConversationWithTurns;
    turns.unshift(...page.turns);
    before = page.earlier_cursor;
  }
  return turns;
}

/**
 * Returns what the newest request with this message tells the model about earlier calls otherwise than the transcript. A call that
 * failed has done nothing, so the model need not know it.
 */
export function whatTheModelMissed(
  { calls }: Pick<BedrockServer, "calls">,
  message: string,
  tools: readonly ToolCall[],
): string[] {
  const request = calls.findLast(({ request: { messages } }) =>
    messages.at(-1)?.content.some((block) => "text" in block && block.text === message),
  )?.request;
  if (!request) return ["the model never got the message"];
  const known = request.messages.flatMap((sent, index) =>
    toolUses(sent).map((use) => ({ use, told: toldAbout(use, request.messages[index + 1]) })),
  );
  return tools
    .filter(({ effect, state }) => effect === "write" && state !== "failed")
    .flatMap((call) => {
      const { id, state } = call;
      const wanted = canonicalJson(call.input);
      const found = known.filter(({ use }) => canonicalJson(use.input) === wanted);
      if (found.length !== 1)
        return [`the model knows ${found.length} calls instead of one: ${id}`];
      if (found[0]?.told.includes(wordsOf(call))) return [];
      return [`the model reads of a call that is ${state}: ${found[0]?.told}`];
    });
}

function toldAbout({ toolUseId }: ToolUse, next: Parameters<typeof toolResults>[0]): string {
  const result = toolResults(next).find((candidate) => candidate.toolUseId === toolUseId);
  return result ? resultText(result) : "nothing";
}

/** From the sentences of the tools and of lib/tools/gate/outcomes.ts. */
function wordsOf({ name, state }: ToolCall): string {
  if (state === "done") return name === "save_note" ? "The note is saved." : "Sent.";
  if (state === "unknown") return "It is unknown whether";
  return "The person refused this call.";
}
