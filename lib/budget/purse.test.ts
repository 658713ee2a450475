import fc from "fast-check";
import { expect, it } from "vitest";
import { BudgetExhausted, createPurse, type PurseState } from "./purse.ts";

function purseOf(reserved: number, callWorst = 100) {
  const stored: PurseState[] = [];
  const purse = createPurse({ reserved, callWorst, store: async (state) => stored.push(state) });
  return { purse, stored };
}

it("covers calls until the next one might pass the reservation", async () => {
  const { purse } = purseOf(100);
  await purse.take(40);
  expect(purse.state).toEqual({ spent: 0, inFlight: 40 });
  purse.settle(10.2);
  await purse.take(89);
  purse.settle(11);
  expect(purse.state).toEqual({ spent: 22, inFlight: 0 });
  await expect(purse.take(79)).rejects.toBeInstanceOf(BudgetExhausted);
  expect(purse.state).toEqual({ spent: 22, inFlight: 0 });
  expect(purse.isEstimated).toBe(false);
});

it("books the most that a call can have cost if nobody knows its cost", async () => {
  const { purse } = purseOf(100);
  await purse.take(40.5);
  purse.settle(null);
  expect(purse.state).toEqual({ spent: 41, inFlight: 0 });
  expect(purse.isEstimated).toBe(true);
});

it("does not round a cost up for the rest of a binary fraction", async () => {
  const { purse } = purseOf(100);
  await purse.take(10);
  purse.settle(0.1 * 3 * 10);
  expect(purse.state.spent).toBe(3);
});

it("stores its state before a call that the database could not estimate", async () => {
  const { purse, stored } = purseOf(1_000, 50);
  for (let call = 0; call < 5; call += 1) {
    await purse.take(30);
    purse.settle(15);
  }
  // After two calls 30 are spent, and the third may cost 30 more: the database would book 50.
  expect(stored).toEqual([{ spent: 30, inFlight: 30 }]);
});

it("books nothing for a call that is not made because its state could not be stored", async () => {
  const purse = createPurse({
    reserved: 1_000,
    callWorst: 10,
    store: () => Promise.reject(new Error("no database")),
  });
  await expect(purse.take(30)).rejects.toThrow("no database");
  purse.settle(null);
  expect(purse.state).toEqual({ spent: 0, inFlight: 0 });
  expect(purse.isEstimated).toBe(false);
});

it("needs no request of its own while heartbeats store its state", async () => {
  const { purse, stored } = purseOf(1_000, 50);
  for (let call = 0; call < 20; call += 1) {
    await purse.take(30);
    purse.settle(15);
    purse.stored(purse.state);
  }
  expect(stored).toEqual([]);
});

it("books a tool call before it runs, and refuses one that is not covered", async () => {
  const { purse, stored } = purseOf(100);
  await purse.take(40);
  purse.settle(20);
  await Promise.all([purse.spend(30), purse.spend(40)]);
  expect(purse.state).toEqual({ spent: 90, inFlight: 0 });
  await expect(purse.spend(11)).rejects.toBeInstanceOf(BudgetExhausted);
  expect(purse.state).toEqual({ spent: 90, inFlight: 0 });
  expect(stored).toEqual([]);
});

it("books nothing for a tool call whose price could not be stored", async () => {
  const store = () => Promise.reject(new Error("no database"));
  const purse = createPurse({ reserved: 1_000, callWorst: 10, store });
  await expect(purse.spend(30)).rejects.toThrow("no database");
  expect(purse.state).toEqual({ spent: 0, inFlight: 0 });
});

const step = fc.oneof(
  fc.record({
    ...{ type: fc.constant("model" as const), worst: fc.nat(60) },
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    type: fc.constant("tools" as const),
    prices: fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: fc.constant("beat" as const) }),
);

it("whenever a runner dies, the database books at least what was billed", async () => {
  const isCovered = async (paying: Promise<void>) =>
    paying.then(
      () => true,
      () => false,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(60), async (steps, callWorst) => {
      const reserved = 500;
      let stored: PurseState = { spent: 0, inFlight: 0 };
      const store = async (state: PurseState) => {
        await Promise.resolve();
        // As the statement of a beat does.
        const isNewer =
          state.spent > stored.spent ||
          (state.spent === stored.spent && state.inFlight > stored.inFlight);
        if (isNewer) stored = state;
      };
      const purse = createPurse({ reserved, callWorst, store });
      let billed = 0;
      const expectBooked = (running = 0) =>
        expect(billed + running).toBeLessThanOrEqual(
          Math.min(reserved, stored.spent + stored.inFlight + callWorst),
        );
      for (const step of steps) {
        if (step.type === "model") {
          if (!(await isCovered(purse.take(step.worst)))) continue;
          expectBooked(step.worst);
          const cost = Math.floor(step.worst * step.share);
          billed += cost;
          purse.settle(cost);
        } else if (step.type === "tools") {
          await Promise.all(
            step.prices.map(async (price) => {
              if (await isCovered(purse.spend(price))) billed += price;
              expectBooked();
            }),
          );
        } else {
          const { state } = purse;
          await store(state);
          purse.stored(state);
        }
        expectBooked();
      }
    }),
  );
});

it("a free call needs no money", async () => {
  const { purse } = purseOf(0, 0);
  await purse.take(0);
  purse.settle(0);
  expect(purse.state).toEqual({ spent: 0, inFlight: 0 });
});
