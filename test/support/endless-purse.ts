import { createPurse, type Purse } from "#lib/budget/purse.ts";

/** A purse that covers every model call, for tests that are not about money. */
export const endlessPurse = (): Purse =>
  createPurse({
    reserved: Number.POSITIVE_INFINITY,
    callWorst: Number.POSITIVE_INFINITY,
    store: async () => undefined,
  });
