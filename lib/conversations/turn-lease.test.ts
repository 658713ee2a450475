import { setImmediate as nextTick } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Database, Row } from "#lib/platform/postgres.ts";
import type { GatedCall } from "./park-turn.ts";
import { createTurnLease } from "./turn-lease.ts";

const turn = {
  ...{ id: "t", conversationId: "c", message: "Hello", attempt: 1, parent: null, replaces: null },
  ...{
    reserved: 100,
    parkings: 0,
    resumes: false,
    branch: [],
    clientTools: [],
    notesEnabled: false,
  },
  ...{ settings: {}, ownerInstructions: "" },
  base: { text: "", tools: [], sources: [], usage: null },
};
const caps = { turn: 100, ownerDay: 100, siteDay: 100, siteMonth: 100 };
const progress = { text: "", tools: [], sources: [] };
const call: GatedCall = {
  id: "t.1.0",
  name: "send",
  input: {},
  effect: "write",
  verdict: "effect",
  argumentsSha256: "",
  definitionSha256: "",
};

it("a claim of an effect waits for every beat before it, whichever the database answers first", async () => {
  const beats: PromiseWithResolvers<Row[]>[] = [];
  const sent: string[] = [];
  const database: Database = {
    query() {
      const beat = Promise.withResolvers<Row[]>();
      beats.push(beat);
      return beat.promise;
    },
    async transaction(statements) {
      sent.push("claim");
      return statements.map(() => [{ claim: { outcome: "claimed" } }]);
    },
  };
  const lease = createTurnLease({
    ...{ database, owner: "o", turn, fence: "1", leaseSeconds: 15, approvalDays: 7 },
    callWorst: 10,
    budget: { caps, turnWorst: 100, callWorst: 10, worstByModel: {} },
    claimedAtMs: performance.now(),
  });
  const ofHeartbeat = lease.beat(progress, { spent: 0, inFlight: 0 });
  // A paid call stores what it costs without waiting for the next heartbeat.
  const ofPayment = lease.beat(progress, { spent: 20, inFlight: 0 });
  const claiming = lease.claimEffect(call, "r", progress);
  beats[1]?.resolve([{ cancel_requested: false }]);
  await ofPayment;
  await nextTick();
  expect(sent).toEqual([]);
  beats[0]?.resolve([{ cancel_requested: false }]);
  await ofHeartbeat;
  expect(await claiming).toEqual({ outcome: "claimed" });
});
