/** What a turn has spent, in whole microdollars. */
export interface PurseState {
  spent: number;
  /** The most that the running model call can cost. 0 while none runs. */
  inFlight: number;
}

/** The turn has not enough money left for its next model call or paid tool call. */
export class BudgetExhausted extends Error {
  override readonly name = "BudgetExhausted";
}

/**
 * The money of one attempt of a turn while its runner spends it. If the runner dies, the database books what it knows:
 * `stored.spent + stored.inFlight + callWorst`. The purse never lets the true cost pass that figure.
 *
 *     take(40)     spent 0, in flight 40
 *     settle(7)    spent 7, in flight 0
 *     spend(3)     spent 10, in flight 0
 */
export interface Purse {
  readonly state: PurseState;
  /** True if a call has ended without telling its tokens, so that `spent` is the most that it can have cost. */
  readonly isEstimated: boolean;
  /**
   * Takes the most that a model call can cost. Called before each attempt of a call.
   * @throws BudgetExhausted if the reservation does not cover the call; or what storing throws
   */
  take(worst: number): Promise<void>;
  /** Books what the call has cost, or the most that it can have cost if nobody knows. */
  settle(cost: number | null): void;
  /**
   * Books the price of a tool call. Called before the call, and several calls may run side by side: what is billed is booked,
   * whatever becomes of the call and of its runner.
   * @throws BudgetExhausted if the reservation does not cover the call; or what storing throws. Then nothing is booked
   */
  spend(price: number): Promise<void>;
  /** Notes what a heartbeat has stored in the database. */
  stored(state: PurseState): void;
}

interface PurseOptions {
  /** What the claim has reserved, in microdollars. */
  reserved: number;
  /** The most that one model call can cost. */
  callWorst: number;
  /** Stores the state in the database. Needed only if many calls end between two heartbeats. */
  store: (state: PurseState) => Promise<unknown>;
}

export function createPurse({ reserved, callWorst, store }: PurseOptions): Purse {
  let state: PurseState = { spent: 0, inFlight: 0 };
  let known = state;
  let isEstimated = false;

  /** Stores the state if the database could not estimate it, and `undo`es what is taken if it cannot be stored. */
  async function storeIfUnknown(undo: () => void): Promise<void> {
    if (state.spent + state.inFlight <= known.spent + known.inFlight + callWorst) return;
    const sent = state;
    try {
      await store(sent);
    } catch (error) {
      undo();
      throw error;
    }
    // Requests side by side may be answered in another order.
    if (sent.spent >= known.spent) known = sent;
  }

  return {
    get state() {
      return state;
    },
    get isEstimated() {
      return isEstimated;
    },
    async take(exactWorst) {
      const worst = Math.ceil(exactWorst);
      if (state.spent + worst > reserved) {
        throw new BudgetExhausted("The next model call may cost more than the turn has left.");
      }
      state = { ...state, inFlight: worst };
      await storeIfUnknown(() => {
        state = { ...state, inFlight: 0 };
      });
    },
    async spend(price) {
      if (state.spent + state.inFlight + price > reserved) {
        throw new BudgetExhausted("The next tool call costs more than the turn has left.");
      }
      state = { ...state, spent: state.spent + price };
      await storeIfUnknown(() => {
        state = { ...state, spent: state.spent - price };
      });
    },
    settle(cost) {
      if (cost === null && state.inFlight > 0) isEstimated = true;
      // A cost such as 3.0000000001 is 3: the rest is what binary fractions add.
      const booked = cost === null ? state.inFlight : Math.ceil(cost - 1e-6);
      state = { spent: state.spent + booked, inFlight: 0 };
    },
    stored(stored) {
      known = stored;
    },
  };
}
