import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** A message that the system has acknowledged: from now on it must never be lost or doubled. */
export interface Acknowledged {
  conversationId: string;
  turnId: string;
  message: string;
}

/** How a reader was told that a turn has ended. */
export interface ToldEnd {
  turnId: string;
  attempt: number;
  kind: "done" | "stopped" | "failed";
  /** Of the last event, where it carries one. */
  text: string | undefined;
  /** What snapshots and deltas added up to. */
  shown: string;
}

/** All that clients saw, to be held against what is stored. */
export interface ClientRecord {
  acknowledged: Acknowledged[];
  /** By conversation, in the order in which they were acknowledged. */
  ends: ToldEnd[];
  /** What no client may ever see. */
  complaints: string[];
}

export function createRecord(): ClientRecord {
  return { acknowledged: [], ends: [], complaints: [] };
}

/** Follows one stream from its first event on, and records each end that it tells. */
export function createStreamWitness(record: ClientRecord) {
  let turn: { turnId: string; attempt: number } | undefined;
  let shown = "";
  return {
    /** @returns the end that this event tells, if it does */
    see(event: StreamEvent): ToldEnd | undefined {
      if (event.event === "turn") {
        turn = { turnId: event.data.turn_id, attempt: event.data.attempt };
        shown = "";
      }
      if (event.event === "snapshot") shown = event.data.text;
      if (event.event === "delta") shown += event.data.text;
      const kind = endKind(event);
      if (!turn || !kind) return undefined;
      const text =
        event.event === "done" || event.event === "stopped" ? event.data.text : undefined;
      const end: ToldEnd = { ...turn, kind, text, shown };
      record.ends.push(end);
      return end;
    },
  };
}

function endKind(event: StreamEvent): ToldEnd["kind"] | undefined {
  if (event.event === "done" || event.event === "stopped") return event.event;
  // Only an error that is the turn's own end carries an id; any other one says: ask again.
  return event.event === "error" && event.id !== undefined ? "failed" : undefined;
}
