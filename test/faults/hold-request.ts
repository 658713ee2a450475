import type { NeonServer } from "#local/neon/start-neon.ts";

/** A request on its way to the database. */
export interface HeldRequest {
  readonly reached: Promise<void>;
  /** Lets it arrive now, however long its sender has been gone; resolves when the database has answered. */
  release(): Promise<void>;
  /** It never arrives. */
  drop(): Promise<void>;
  /** It arrives, and its reply is lost. */
  loseReply(): Promise<void>;
  /** It is refused with an error that passes. */
  refuse(): Promise<void>;
}

/** By these words a request's body shows what it does. */
export const requests = {
  claimTurn: "claim_turn(",
  park: "park_turn(",
  decide: "decide_call(",
  claimEffect: "claim_effect(",
  settleEffect: "update receipts set state = 'settled'",
  saveNote: "insert into notes",
  end: "end_turn(",
} as const;

type Fate = "cut" | "cut-answer" | "error" | undefined;

/** Holds the next request with all of these words in its body; those after it pass. */
export function holdRequest(neon: NeonServer, ...words: string[]): HeldRequest {
  const reached = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<Fate>();
  let isHeld = false;
  neon.fault = ({ body }) => {
    if (isHeld || !words.every((word) => body.includes(word))) return undefined;
    isHeld = true;
    reached.resolve();
    return decided.promise;
  };
  const settle = async (fate: Fate) => {
    decided.resolve(fate);
    neon.fault = undefined;
    await neon.idle();
  };
  return {
    reached: reached.promise,
    release: () => settle(undefined),
    drop: () => settle("cut"),
    loseReply: () => settle("cut-answer"),
    refuse: () => settle("error"),
  };
}
