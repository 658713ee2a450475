import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type pg from "pg";
import { readThread, threadFault } from "./read-thread.ts";
import type { ClientRecord } from "./record.ts";

/** What was promised and not kept. All zeros is what a run has to reach. */
export interface Findings {
  acknowledged: number;
  done: number;
  failed: number;
  stopped: number;
  /** Acknowledged, but not there, or never ended. */
  lost: number;
  /** One message, two turns; or one turn twice in a thread. */
  doubled: number;
  /** Answered, or kept in the thread, in another order than accepted. */
  outOfOrder: number;
  /** Bedrock would refuse the next question; or an answer is missing from what the model sees. */
  invalidThreads: number;
  /** A reader was left with another text, or another end, than is stored. */
  mismatches: number;
  details: string[];
}

interface TurnRow {
  id: string;
  conversation_id: string;
  input: string;
  status: string;
  result: string | null;
  attempts: number;
  finished_at: Date | null;
}

/** A turn has at most about four messages here, so a thread this short was never trimmed. */
const untrimmedMessages = 30;

/** Holds what clients saw against the rows of `turns` and the raw checkpoints. */
export async function checkRecord(record: ClientRecord, pool: pg.Pool): Promise<Findings> {
  const ids = [...new Set(record.acknowledged.map(({ conversationId }) => conversationId))];
  const { rows } = await pool.query<TurnRow>(
    `select id, conversation_id, input, status, result, attempts, finished_at from turns
     where conversation_id = any($1) order by seq`,
    [ids],
  );
  const details = [...record.complaints];
  const lost = findLost(record, rows);
  const doubled = findDoubled(rows);
  const outOfOrder: string[] = [];
  const invalid: string[] = [];
  for (const id of ids) {
    const turns = rows.filter((row) => row.conversation_id === id);
    const thread = await readThread(pool, id);
    outOfOrder.push(...orderFaults(turns, thread));
    invalid.push(...threadFaults(id, turns, thread));
  }
  const mismatches = findMismatches(record, rows);
  details.push(...lost, ...doubled, ...outOfOrder, ...invalid, ...mismatches);
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  return {
    acknowledged: record.acknowledged.length,
    done: count("done"),
    failed: count("failed"),
    stopped: count("stopped"),
    lost: lost.length,
    doubled: doubled.length + record.complaints.length,
    outOfOrder: outOfOrder.length,
    invalidThreads: invalid.length,
    mismatches: mismatches.length,
    details,
  };
}

function findLost({ acknowledged }: ClientRecord, rows: TurnRow[]): string[] {
  return acknowledged.flatMap(({ turnId, message }) => {
    const row = rows.find(({ id, input }) => id === turnId && input === message);
    if (!row) return [`lost: ${turnId}`];
    return row.finished_at === null ? [`never ended: ${turnId}`] : [];
  });
}

/** Every message of a run is unique. */
function findDoubled(rows: TurnRow[]): string[] {
  const inputs = rows.map(({ input }) => input);
  return inputs.filter((input, index) => inputs.indexOf(input) !== index).map(() => "doubled turn");
}

function orderFaults(turns: TurnRow[], thread: BaseMessage[]): string[] {
  const ends = turns.map(({ finished_at }) => finished_at?.getTime() ?? 0);
  const late = ends.filter((end, index) => index > 0 && end < (ends[index - 1] ?? 0));
  const places = turnIdsOf(thread).map((id) => turns.findIndex((turn) => turn.id === id));
  const misplaced = places.filter((place, index) => index > 0 && place <= (places[index - 1] ?? 0));
  return [
    ...late.map(() => "answered out of order"),
    ...misplaced.map(() => "out of order in the thread"),
  ];
}

function threadFaults(id: string, turns: TurnRow[], thread: BaseMessage[]): string[] {
  const fault = threadFault(thread);
  if (fault !== undefined) return [`invalid thread ${id}: ${fault}`];
  const known = turnIdsOf(thread);
  const firstKept = turns.findIndex((turn) => turn.id === known[0]);
  const whole = thread.length <= untrimmedMessages;
  return turns
    .slice(whole ? 0 : firstKept)
    .filter(({ status }) => status === "done")
    .filter((turn) => answerOf(turn.id, thread) !== turn.result)
    .map((turn) => `the thread lacks the answer of ${turn.id}`);
}

const turnIdsOf = (thread: BaseMessage[]) =>
  thread.filter((message) => HumanMessage.isInstance(message)).map(({ id }) => id ?? "");

function answerOf(turnId: string, thread: BaseMessage[]): string {
  return thread
    .filter((message) => AIMessage.isInstance(message) && message.id?.startsWith(`${turnId}:`))
    .map((message) => message.text)
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}

function findMismatches({ ends }: ClientRecord, rows: TurnRow[]): string[] {
  return ends.flatMap(({ turnId, attempt, kind, text, shown }) => {
    const row = rows.find(({ id }) => id === turnId);
    const isAsStored =
      row !== undefined &&
      row.status === kind &&
      row.attempts === attempt &&
      (text === undefined || text === row.result) &&
      shown === (text ?? shown);
    return isAsStored ? [] : [`told otherwise than stored: ${turnId} ${kind}, attempt ${attempt}`];
  });
}
