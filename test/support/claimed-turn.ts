import type { TurnLease } from "#lib/conversations/turn-lease.ts";
import { conversationId, turnId } from "./turn-state.ts";

const unexpected = () => Promise.reject(new Error("not expected in this test"));

/** Returns a first attempt at a turn, with these changes. */
export const claimedTurn = (changes: Partial<TurnLease["turn"]> = {}): TurnLease["turn"] => ({
  id: turnId,
  conversationId,
  message: "Hello",
  attempt: 1,
  parent: null,
  replaces: null,
  branch: [],
  reserved: 0,
  parkings: 0,
  base: { text: "", tools: [], sources: [], usage: null },
  resumes: false,
  clientTools: [],
  notesEnabled: false,
  settings: {},
  ownerInstructions: "",
  ...changes,
});

/** Returns a lease that stores nothing and is never lost, with these changes. */
export const testLease = (changes: Partial<TurnLease> = {}): TurnLease => ({
  turn: claimedTurn(),
  callWorst: 0,
  claimedAtMs: performance.now(),
  beat: async () => ({ cancelRequested: false }),
  park: unexpected,
  claimEffect: unexpected,
  settleEffect: unexpected,
  finish: async (end) => ({ reserved: 0, citations: end.citations }),
  settleLate: async () => {},
  ...changes,
});
