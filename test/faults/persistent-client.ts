import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import { type ChatClient, readEvents } from "#test/support/chat-client.ts";
import { type ClientRecord, createStreamWitness } from "./record.ts";

/** A client that never gives up: it repeats a message until it is acknowledged, and reconnects until its answer has ended. */
export interface PersistentClient {
  send(
    message: string,
    conversationId?: string,
    key?: string,
  ): Promise<ChatAccepted & { key: string }>;
  /** The same request once more; the system must know it. */
  sendAgain(message: string, conversationId: string | undefined, first: SentMessage): Promise<void>;
  /** Reads until the turn has ended. */
  read(accepted: SentMessage): Promise<void>;
}

type SentMessage = Pick<ChatAccepted, "turn_id" | "stream_url"> & { key: string };

const retryMs = 100;

/** @param patienceMs after which a client counts as stuck: that is a failure of the system */
export function createPersistentClient(
  client: ChatClient,
  record: ClientRecord,
  patienceMs: number,
): PersistentClient {
  async function post(message: string, conversationId: string | undefined, key: string) {
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt) {
      const accepted = await postOnce(client, message, conversationId, key);
      if (accepted) return accepted;
      await delay(retryMs);
    }
    throw new Error("stuck: a message was never acknowledged");
  }

  return {
    async send(message, conversationId, key = randomUUID()) {
      const accepted = await post(message, conversationId, key);
      const { conversation_id, turn_id } = accepted;
      record.acknowledged.push({ conversationId: conversation_id, turnId: turn_id, message });
      return { ...accepted, key };
    },

    async sendAgain(message, conversationId, { key, turn_id }) {
      const again = await post(message, conversationId, key);
      if (again.turn_id !== turn_id) record.complaints.push(`doubled: ${turn_id} sent again`);
    },

    async read({ turn_id, stream_url }) {
      const giveUpAt = performance.now() + patienceMs;
      while (performance.now() < giveUpAt) {
        if (await readOnce(client, record, turn_id, stream_url)) return;
        await delay(retryMs);
      }
      throw new Error("stuck: an answer never ended");
    },
  };
}

async function postOnce(
  client: ChatClient,
  message: string,
  conversationId: string | undefined,
  key: string,
): Promise<ChatAccepted | undefined> {
  try {
    const body = { message, ...(conversationId && { conversation_id: conversationId }) };
    const headers = { "idempotency-key": key };
    const response = await client.sendJson("POST", "/api/v1/chat", body, headers);
    if (response.status === 200) return (await response.json()) as ChatAccepted;
    await response.body?.cancel();
    if (comesAgain(response)) return undefined;
  } catch (error) {
    if (isCutConnection(error)) return undefined;
    throw error;
  }
  throw new Error("A message was refused that should have been accepted.");
}

/** Down, full, or too often: each passes. */
const comesAgain = ({ status }: Response) => status >= 500 || status === 429 || status === 409;

/** Whether the end of the turn was told. */
async function readOnce(
  client: ChatClient,
  record: ClientRecord,
  turnId: string,
  streamUrl: string,
): Promise<boolean> {
  const witness = createStreamWitness(record);
  try {
    const response = await client.send(streamUrl);
    if (comesAgain(response)) {
      await response.body?.cancel();
      return false;
    }
    for await (const event of readEvents(response)) {
      if (witness.see(event)?.turnId === turnId) return true;
    }
  } catch (error) {
    if (!isCutConnection(error)) throw error;
  }
  return false;
}

/** fetch throws a TypeError for every network failure, before and in the middle of an answer. */
function isCutConnection(error: unknown): boolean {
  return error instanceof TypeError || error instanceof DOMException;
}
