import type { NeonServer } from "#local/neon/start-neon.ts";

/** The transaction that ends a turn, on its way to the database. */
export interface HeldEnd {
  readonly reached: Promise<void>;
  /** Lets it arrive now, however long its sender has been gone; resolves when the database has answered. */
  release(): Promise<void>;
  /** It never arrives. */
  drop(): Promise<void>;
}

/** Holds the next one; those after it pass. */
export function holdEnd(neon: NeonServer): HeldEnd {
  const reached = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<"cut" | undefined>();
  let isHeld = false;
  neon.fault = ({ body }) => {
    if (isHeld || !body.includes("assert_fence")) return undefined;
    isHeld = true;
    reached.resolve();
    return decided.promise;
  };
  const settle = async (fate: "cut" | undefined) => {
    decided.resolve(fate);
    neon.fault = undefined;
    await neon.idle();
  };
  return { reached: reached.promise, release: () => settle(undefined), drop: () => settle("cut") };
}
