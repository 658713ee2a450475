import { describe, expect, it } from "vitest";
import { getTrace } from "#lib/conversations/get-trace.ts";
import type { StoredAttempt } from "#lib/conversations/stored-trace.ts";
import { acceptAndPark, decisionAbout, noCost, shownCall } from "./act-steps.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf, newOwner, runGraph } from "./turn-steps.ts";

const { database, letLeaseRunOut, requestsOf, sql, turns } = await openStores();

const attemptOf = (attempt: number, changes: Partial<StoredAttempt> = {}): StoredAttempt => ({
  ...{ attempt, outcome: "done", sent_ms: 0, first_token_ms: null },
  spans: [{ kind: "claim", start_ms: 0, duration_ms: 1 }],
  ...changes,
});
const traceOf = ({ owner, turnId }: { owner: string; turnId: string }) =>
  getTrace(database, { owner, turnId });

describe("a turn's trace", () => {
  it("is stored with the turn's end, costs one request, and is the owner's alone", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "answer");
    await lease.finish(endOf("answer", { trace: attemptOf(1) }));
    let trace: Awaited<ReturnType<typeof traceOf>>;
    expect(await requestsOf(async () => (trace = await traceOf(accepted)))).toBe(1);
    expect(trace).toMatchObject({
      ...{ turn_id: accepted.turnId, conversation_id: accepted.conversationId, status: "done" },
      attempts: [{ attempt: 1, outcome: "done", spans: [{ kind: "claim" }, { kind: "commit" }] }],
    });
    expect(trace?.duration_ms).toBeGreaterThanOrEqual(0);
    // The only attempt's trace knows when it was claimed.
    expect(await sql("select claims from turns where id = $1", [accepted.turnId])).toEqual([
      { claims: null },
    ]);
    expect(await traceOf({ ...accepted, owner: newOwner() })).toBeUndefined();
  });

  it("keeps the attempt that a parking has ended beside the one that continues", async () => {
    const { accepted, calls } = await acceptAndPark(
      turns,
      1,
      {},
      attemptOf(1, { outcome: "waiting" }),
    );
    expect(await traceOf(accepted)).toMatchObject({
      attempts: [{ attempt: 1, outcome: "waiting" }],
      waits: expect.arrayContaining([
        expect.objectContaining({ kind: "approval", duration_ms: null }),
      ]),
    });
    const [call] = calls;
    if (!call) throw new Error("no call");
    await turns.decide(decisionAbout(accepted, call, { decision: "deny" }));
    const lease = await claimLease(turns, accepted);
    const tools = [shownCall(call, "denied")];
    await lease.finish(endOf("no", { tools, trace: attemptOf(2) }), noCost);
    const trace = await traceOf(accepted);
    expect(trace?.attempts.map(({ outcome }) => outcome)).toEqual(["waiting", "done"]);
    expect(trace?.waits).not.toContainEqual(expect.objectContaining({ duration_ms: null }));
  });

  it("drops the steps of its oldest attempts when it would have more than 8 KB", async () => {
    const spans = Array.from({ length: 240 }, () => ({
      ...({ kind: "tool", name: "calculator", state: "done" } as const),
      ...{ start_ms: 1, duration_ms: 1 },
    }));
    const { accepted, calls } = await acceptAndPark(
      turns,
      1,
      {},
      attemptOf(1, { outcome: "waiting", spans }),
    );
    const [call] = calls;
    if (!call) throw new Error("no call");
    await turns.decide(decisionAbout(accepted, call, { decision: "deny" }));
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("no", { trace: attemptOf(2, { spans }) }));
    const [row] = await sql("select octet_length(trace::text) as bytes from turns where id = $1", [
      accepted.turnId,
    ]);
    expect(row?.bytes).toBeLessThanOrEqual(8_192);
    const trace = await traceOf(accepted);
    expect(trace?.attempts.map((attempt) => attempt.spans.length)).toEqual([1, 241]);
  });

  it("shows the attempt of a runner that vanished, and the runner that took over", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    await claimLease(turns, accepted);
    expect((await traceOf(accepted))?.attempts).toMatchObject([
      { attempt: 1, outcome: "running", duration_ms: null },
    ]);
    await letLeaseRunOut(accepted.conversationId);
    expect((await traceOf(accepted))?.attempts).toMatchObject([{ attempt: 1, outcome: "lost" }]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("answer", { trace: attemptOf(2) }));
    expect(await traceOf(accepted)).toMatchObject({
      attempts: [
        { attempt: 1, outcome: "lost", spans: [] },
        { attempt: 2, outcome: "done" },
      ],
    });
  });

  it("is empty for a turn that ended before there were traces", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("answer"));
    await sql("update turns set claims = null where id = $1", [accepted.turnId]);
    expect(await traceOf(accepted)).toMatchObject({ status: "done", attempts: [], waits: [] });
  });
});
