import { setTimeout as delay } from "node:timers/promises";
import type { ChatAccepted, ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ChatClient } from "#test/support/chat-client.ts";
import type { ClientRecord } from "./record.ts";

export type Choice = "approve" | "deny";

/** A person who decides about the calls of waiting turns, and repeats a decision until it is acknowledged. */
export interface Person {
  /** Decides about every open call, one after the other. */
  decide(turn: TurnState, choose: (call: ToolCall) => Choice): Promise<void>;
  /** Decides whenever the turn waits, until it has ended. */
  decideUntilEnd(sent: SentTurn, choose: (call: ToolCall) => Choice): Promise<TurnState>;
  stop(sent: SentTurn): Promise<void>;
  /** Runs nothing. */
  stateOf(sent: SentTurn): Promise<TurnState>;
}

type SentTurn = Pick<ChatAccepted, "turn_id" | "stream_url">;

const retryMs = 100;

/** @param patienceMs after which the person counts as stuck: that is a failure of the system */
export function createPerson(
  client: () => ChatClient,
  record: ClientRecord,
  patienceMs: number,
): Person {
  /** Returns undefined if the reply was lost, or the system asks to come again. */
  async function send(path: string, init?: RequestInit): Promise<Response | undefined> {
    try {
      const response = await client().send(path, init);
      if (response.status < 500 && response.status !== 429) return response;
      await response.body?.cancel();
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    }
    return undefined;
  }

  async function untilAcknowledged(path: string, init?: RequestInit) {
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt) {
      const response = await send(path, init);
      const body = await response?.json().catch(() => undefined);
      if (response && body !== undefined) return { status: response.status, body };
      await delay(retryMs);
    }
    throw new Error(`stuck: no answer of ${path}`);
  }

  const post = (turn: TurnState, call: ToolCall, decision: Choice, hash?: string) =>
    untilAcknowledged("/api/v1/chat/decision", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        conversation_id: turn.conversation_id,
        turn_id: turn.turn_id,
        call_id: call.id,
        arguments_sha256: hash ?? call.approval?.arguments_sha256,
        decision,
      }),
    });

  async function decideCall(turn: TurnState, call: ToolCall, choice: Choice): Promise<void> {
    const other = choice === "approve" ? "deny" : "approve";
    const forged = await post(turn, call, choice, "0".repeat(64));
    const decided = await post(turn, call, choice);
    const again = await post(turn, call, choice);
    const contrary = await post(turn, call, other);
    const statuses = [forged, decided, again, contrary].map(({ status }) => status);
    // A turn that has ended meanwhile, because somebody stopped it or its runners died, voids what is not used.
    const isVoid = [decided, again, contrary].some(
      ({ body }) => typeOf(body) === "approval_changed",
    );
    if (!isVoid && statuses.join() !== "409,200,200,409")
      record.complaints.push(`decisions about ${call.id} got ${statuses}`);
  }

  const stateOf = async ({ stream_url }: SentTurn) => {
    const { body } = await untilAcknowledged(stream_url, {
      headers: { accept: "application/json" },
    });
    return body as TurnState;
  };

  const isOpen = ({ approval }: ToolCall) => approval?.state === "open";

  async function decide(turn: TurnState, choose: (call: ToolCall) => Choice): Promise<void> {
    for (const call of turn.tools.filter(isOpen)) await decideCall(turn, call, choose(call));
  }

  return {
    decide,
    stateOf,
    async stop({ stream_url }) {
      await untilAcknowledged(stream_url, { method: "DELETE" });
    },
    async decideUntilEnd(sent, choose) {
      const giveUpAt = performance.now() + patienceMs;
      while (performance.now() < giveUpAt) {
        const turn = await stateOf(sent);
        if (turn.finished_at !== null) return turn;
        if (turn.status === "waiting") await decide(turn, choose);
        await delay(retryMs);
      }
      throw new Error("stuck: a turn never ended");
    },
  };
}

const typeOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "type" in body ? body.type : undefined;
