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
  /** The same in one request: `answered` resolves when the answer has ended, over this stream or the next. */
  stream(
    message: string,
    conversationId?: string,
    key?: string,
  ): Promise<SentMessage & { conversation_id: string; answered: Promise<void> }>;
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

  async function read({ turn_id, stream_url }: Omit<SentMessage, "key">) {
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt) {
      if (await readOnce(client, record, turn_id, stream_url)) return;
      await delay(retryMs);
    }
    throw new Error("stuck: an answer never ended");
  }

  return {
    async stream(message, conversationId, key = randomUUID()) {
      const giveUpAt = performance.now() + patienceMs;
      while (performance.now() < giveUpAt) {
        const response = await streamOnce(client, message, conversationId, key);
        if (response) {
          const sent = acceptedIn(response);
          record.acknowledged.push({
            conversationId: sent.conversation_id,
            turnId: sent.turn_id,
            message,
          });
          const answered = readResponse(response, record, sent.turn_id).then((hasEnded) =>
            hasEnded ? undefined : read(sent),
          );
          return { ...sent, key, answered };
        }
        await delay(retryMs);
      }
      throw new Error("stuck: a message was never acknowledged");
    },

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

    read,
  };
}

async function postOnce(
  client: ChatClient,
  message: string,
  conversationId: string | undefined,
  key: string,
): Promise<ChatAccepted | undefined> {
  try {
    const response = await postTo("/api/v1/chat", client, message, conversationId, key);
    return response && ((await response.json()) as ChatAccepted);
  } catch (error) {
    if (isCutConnection(error)) return undefined;
    throw error;
  }
}

async function streamOnce(
  client: ChatClient,
  message: string,
  conversationId: string | undefined,
  key: string,
): Promise<Response | undefined> {
  try {
    return await postTo("/api/v1/chat/stream", client, message, conversationId, key);
  } catch (error) {
    if (isCutConnection(error)) return undefined;
    throw error;
  }
}

/** Returns the response, or undefined if the message has to be sent again. */
async function postTo(
  path: string,
  client: ChatClient,
  message: string,
  conversationId: string | undefined,
  key: string,
): Promise<Response | undefined> {
  const body = { message, ...(conversationId && { conversation_id: conversationId }) };
  const response = await client.sendJson("POST", path, body, { "idempotency-key": key });
  if (response.status === 200) return response;
  await response.body?.cancel();
  if (comesAgain(response)) return undefined;
  throw new Error("A message was refused that should have been accepted.");
}

/** Returns what the response's `Content-Location` says about its turn. */
function acceptedIn(response: Response) {
  const stream_url = response.headers.get("content-location") ?? "";
  const query = new URLSearchParams(stream_url.split("?")[1]);
  const [conversation_id, turn_id] = [query.get("conversation_id"), query.get("turn_id")];
  if (!conversation_id || !turn_id) throw new Error("The stream does not name its turn.");
  return { conversation_id, turn_id, stream_url };
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
  try {
    const response = await client.send(streamUrl);
    if (comesAgain(response)) {
      await response.body?.cancel();
      return false;
    }
    return await readResponse(response, record, turnId);
  } catch (error) {
    if (!isCutConnection(error)) throw error;
    return false;
  }
}

/** Whether the end of the turn was told before the connection broke. */
async function readResponse(
  response: Response,
  record: ClientRecord,
  turnId: string,
): Promise<boolean> {
  const witness = createStreamWitness(record);
  try {
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
