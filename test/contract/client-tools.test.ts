import { describe, expect, it } from "vitest";
import { decideCalls } from "#lib/chat/decide-calls.ts";
import { runTurns } from "#lib/chat/run-turns.ts";
import type { TurnRunEvent } from "#lib/chat/turn-run-event.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import { type ClientOutputs, settleClientCalls } from "#lib/conversations/settle-client-calls.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { toolResults } from "#local/bedrock/converse-request.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { dependenciesOf } from "#test/support/streamed-turns.ts";
import { openDemoAgent } from "./open-demo-agent.ts";
import { freeBudget, openStores } from "./open-stores.ts";
import { type Accepted, acceptAll, newOwner, unknownId } from "./turn-steps.ts";

const { database, letLeaseRunOut, neon, requestsOf, sql, threadOf, turns, turnsCosting } =
  await openStores();
const { bedrock, createDemoAgent } = await openDemoAgent();

const door: ClientTool = {
  name: "open-door",
  description: "Opens a door.",
  parameters: { type: "object", properties: { door: { type: "string" } }, required: ["door"] },
};
const light: ClientTool = { ...door, name: "light", description: "" };
const open = (which: string) => ({ name: "open_door", input: { door: which } });
const six = { name: "calculator", input: { expression: "2 * 3" } };

/** Runs the queued turns of the conversation as `turn-run` does, with the real agent on the real tables. */
async function runNext(
  { owner, conversationId }: Pick<Accepted, "owner" | "conversationId">,
  on = turns,
  agent = createDemoAgent(),
): Promise<void> {
  const { dependencies } = dependenciesOf({ agent });
  await runTurns(
    { ...dependencies, turns: on, claim: on.claim, hasTitles: false, sendTurnRun: async () => {} },
    { owner, conversation_id: conversationId },
  );
}

async function stateOf(accepted: Accepted): Promise<TurnState> {
  const watched = await turns.watch(accepted);
  if (!watched) throw new Error("There is no such turn.");
  return watched.turn;
}

/** Accepts a message with these tools, and runs it until the model's calls wait for the program. */
async function park(
  calls: { name: string; input: object }[],
  clientTools = [door, light],
  on = turns,
  agent = createDemoAgent(),
): Promise<Accepted> {
  const owner = newOwner();
  const accepted = await on.accept({ owner, message: "Do it", bodyHash: "a", clientTools });
  if (!("turnId" in accepted)) throw new Error(accepted.outcome);
  bedrock.script.add(callTools(calls, "I will."));
  await runNext({ owner, ...accepted }, on, agent);
  return { owner, conversationId: accepted.conversationId, turnId: accepted.turnId };
}

const settleWithin = (budget: TurnBudget) => (input: ClientOutputs) =>
  settleClientCalls(database, input, budget);

interface Output {
  index: number;
  output: string;
  failed?: boolean;
}

/** Gives outputs for calls of the first answer, as a program does. */
function give(accepted: Accepted, outputs: Output[], budget = freeBudget) {
  const { owner, conversationId, turnId } = accepted;
  const sent: TurnRunEvent[] = [];
  const sendTurnRun = async (event: TurnRunEvent) => void sent.push(event);
  const { telemetry } = recordingTelemetry();
  const request = { owner, conversationId, turnId };
  const given = outputs.map(({ index, ...rest }) => ({ callId: `${turnId}.1.${index}`, ...rest }));
  const decided = decideCalls(
    { settleClientCalls: settleWithin(budget), sendTurnRun, telemetry },
    { ...request, outputs: given },
  );
  return decided.then((result) => ({ ...result, sent }));
}

const letCallsExpire = (turnId: string) =>
  sql("update approvals set expires_at = now() - interval '1 s' where turn_id = $1", [turnId]);

/** What the model has read of its calls, in order. */
const resultsSent = () =>
  (bedrock.calls.at(-1)?.request.messages ?? [])
    .flatMap(toolResults)
    .map(({ content }) => JSON.stringify(content));

describe("a call of a program's tool", () => {
  it("parks the turn under the program's name of the tool, and asks nobody", async () => {
    const accepted = await park([open("front")]);
    const { tools, status, parkings } = await stateOf(accepted);
    expect([status, parkings]).toEqual(["waiting", 1]);
    expect(tools).toEqual([
      {
        ...{ id: `${accepted.turnId}.1.0`, name: "open-door", state: "waiting", client: true },
        ...{ effect: "write", input: { door: "front" }, text_offset: 7 },
      },
    ]);
    const offered = bedrock.calls.at(-1)?.request.toolConfig?.tools ?? [];
    const specifications = offered.flatMap((tool) => ("toolSpec" in tool ? [tool.toolSpec] : []));
    expect(specifications.slice(-2)).toMatchObject([
      { name: "open_door", description: "Opens a door.", inputSchema: { json: door.parameters } },
      { name: "light", description: "light" },
    ]);
  });

  it("continues with the output, which the model and the person read, in one request", async () => {
    const accepted = await park([open("front")]);
    let given: Awaited<ReturnType<typeof give>> | undefined;
    expect(
      await requestsOf(async () => {
        given = await give(accepted, [{ index: 0, output: "It is open." }]);
      }),
    ).toBe(1);
    const { owner, conversationId: conversation_id } = accepted;
    expect(given).toMatchObject({
      ...{ turn: { status: "queued", parkings: 1 }, missing: [] },
      sent: [{ owner, conversation_id }],
    });
    bedrock.script.add(answerWith("Done."));
    await runNext(accepted);
    expect(resultsSent()).toEqual([expect.stringContaining("> It is open.")]);
    expect(await stateOf(accepted)).toMatchObject({
      ...{ status: "done", attempt: 2, result: "I will.\n\nDone." },
      tools: [{ name: "open-door", state: "done", client: true, output: "It is open." }],
    });
    expect(await threadOf(accepted.conversationId)).toEqual([
      ...["human: Do it", "ai: I will.", "tool: It is open.", "ai: Done."],
    ]);
  });

  it("reports a failure of the program's tool", async () => {
    const accepted = await park([open("front")]);
    await give(accepted, [{ index: 0, output: "Jammed.", failed: true }]);
    bedrock.script.add(answerWith("It is jammed."));
    await runNext(accepted);
    const { tools } = await stateOf(accepted);
    expect(tools).toMatchObject([{ state: "failed", output: "Jammed." }]);
  });

  it("waits for all outputs, and no call of the answer runs before", async () => {
    const accepted = await park([open("front"), six, { name: "light", input: { door: "back" } }]);
    expect((await stateOf(accepted)).tools.map(({ state }) => state)).toEqual([
      "waiting",
      "waiting",
    ]);
    expect(await give(accepted, [{ index: 2, output: "On." }])).toMatchObject({
      ...{ turn: { status: "waiting" }, missing: [`${accepted.turnId}.1.0`], sent: [] },
    });
    await runNext(accepted);
    expect(await give(accepted, [{ index: 0, output: "Open." }])).toMatchObject({
      ...{ turn: { status: "queued" }, missing: [] },
    });
    bedrock.script.add(answerWith("All done."));
    await runNext(accepted);
    expect(resultsSent()).toEqual(
      ["Open.", "6", "On."].map((text) => expect.stringContaining(text)),
    );
  });

  it("takes several outputs in one request, and keeps 8 KB of each", async () => {
    const accepted = await park([open("front"), open("back")]);
    const long = "é".repeat(8 * 1024);
    const outputs = [
      { index: 0, output: `\u0000${long}` },
      { index: 1, output: "" },
    ];
    await give(accepted, outputs);
    // The cut texts are the same texts again.
    expect(await give(accepted, outputs)).toMatchObject({ turn: { status: "queued" } });
    bedrock.script.add(answerWith("Done."));
    await runNext(accepted);
    const [first, second] = (await stateOf(accepted)).tools;
    expect(first?.output).toMatch(/^\ufffd?é+\n… \(cut after 8 KB\)$/);
    expect(second?.output).toBe("(no output)");
  });

  it("waits beside a call about which a person decides, and neither decides for the other", async () => {
    const agent = createDemoAgent({ toolPolicy: [{ tool: "*", policy: "ask" }] });
    const accepted = await park([open("front"), six], [door], turns, agent);
    const { turnId, conversationId, owner } = accepted;
    const hashes =
      "select arguments_sha256 as hash from approvals where turn_id = $1 order by call_id";
    const rows = await sql(hashes, [turnId]);
    const decide = (index: number) =>
      turns.decide({
        ...{ conversationId, owner, turnId, callId: `${turnId}.1.${index}` },
        ...{ decision: "approve", argumentsSha256: String(rows[index]?.hash) },
      });
    await expect(give(accepted, [{ index: 1, output: "7" }])).rejects.toMatchObject({
      status: 404,
    });
    expect(await decide(0)).toEqual({ outcome: "client_call" });
    expect((await give(accepted, [{ index: 0, output: "Open." }])).turn.status).toBe("waiting");
    expect(await decide(1)).toMatchObject({ outcome: "decided", turn: { status: "queued" } });
    bedrock.script.add(answerWith("Done."));
    await runNext(accepted, turns, agent);
    expect(resultsSent()).toEqual(["Open.", "6"].map((text) => expect.stringContaining(text)));
  });

  it("waits for the program whatever the policy says about such a name", async () => {
    const agent = createDemoAgent({ toolPolicy: [{ tool: "open*", policy: "deny" }] });
    const accepted = await park([open("front")], [door], turns, agent);
    expect((await stateOf(accepted)).status).toBe("waiting");
  });

  it("may come again with the same arguments: the program decides whether to repeat it", async () => {
    const accepted = await park([open("front")]);
    await give(accepted, [{ index: 0, output: "Open." }]);
    bedrock.script.add(callTools([open("front")]));
    await runNext(accepted);
    const { tools, parkings } = await stateOf(accepted);
    expect([parkings, tools.length]).toEqual([2, 2]);
    expect(tools[1]).toMatchObject({
      id: `${accepted.turnId}.2.0`,
      state: "waiting",
      client: true,
    });
    expect(tools[1]).not.toHaveProperty("approval");
  });

  it("with arguments that are no object is refused at once", async () => {
    const owner = newOwner();
    const asked = { owner, message: "Do it", bodyHash: "a", clientTools: [door] };
    const accepted = await turns.accept(asked);
    if (!("turnId" in accepted)) throw new Error(accepted.outcome);
    bedrock.script.add(
      callTools([{ name: "open_door", input: ["front"] }]),
      answerWith("I could not."),
    );
    await runNext({ owner, ...accepted });
    expect(await stateOf({ owner, ...accepted })).toMatchObject({
      ...{ status: "done", parkings: 0 },
      tools: [{ name: "open-door", client: true, state: "failed" }],
    });
  });

  it("tells the model that the program gave no output in time", async () => {
    const accepted = await park([open("front")]);
    await letCallsExpire(accepted.turnId);
    await expect(give(accepted, [{ index: 0, output: "Late." }])).rejects.toMatchObject({
      ...{ status: 409, type: "approval_expired" },
    });
    bedrock.script.add(answerWith("It did not answer."));
    await runNext(accepted);
    expect(resultsSent()).toEqual([expect.stringContaining("no result in time")]);
    expect((await stateOf(accepted)).tools).toMatchObject([{ state: "failed", client: true }]);
  });
});

describe("an output", () => {
  it.each<[string, Partial<Accepted>, Output[], object]>([
    ["of another owner", { owner: "stranger" }, [{ index: 0, output: "" }], { status: 404 }],
    ["of another turn", { turnId: unknownId }, [{ index: 0, output: "" }], { status: 404 }],
    ["of another call", {}, [{ index: 7, output: "" }], { status: 404 }],
    [
      "that comes twice in a request",
      {},
      [
        { index: 0, output: "a" },
        { index: 0, output: "b" },
      ],
      { status: 400 },
    ],
    [
      "beside one for an unknown call",
      {},
      [
        { index: 0, output: "a" },
        { index: 7, output: "b" },
      ],
      { status: 404 },
    ],
  ])("%s is refused, and nothing is stored", async (_, changes, outputs, problem) => {
    const accepted = await park([open("front")]);
    const request = give({ ...accepted, ...changes }, outputs);
    await expect(request).rejects.toMatchObject(problem);
    expect(await sql("select from receipts where turn_id = $1", [accepted.turnId])).toEqual([]);
    expect((await stateOf(accepted)).status).toBe("waiting");
  });

  it("with an id that is none of ours is unknown", async () => {
    const { owner, conversationId, turnId } = await park([open("front")]);
    const { telemetry } = recordingTelemetry();
    const outputs = [{ callId: "call_\u0000", output: "" }];
    const request = { owner, conversationId, turnId, outputs };
    await expect(
      decideCalls(
        { settleClientCalls: settleWithin(freeBudget), sendTurnRun: async () => {}, telemetry },
        request,
      ),
    ).rejects.toMatchObject({ status: 404 });
  });

  it("that differs from the stored one is refused, also beside a new one", async () => {
    const accepted = await park([open("front"), open("back")]);
    await give(accepted, [{ index: 0, output: "Open." }]);
    for (const other of [{ output: "Closed." }, { output: "Open.", failed: true }]) {
      const request = give(accepted, [
        { index: 0, ...other },
        { index: 1, output: "Open." },
      ]);
      await expect(request).rejects.toMatchObject({ status: 409, type: "already_decided" });
    }
    expect((await stateOf(accepted)).status).toBe("waiting");
  });

  it("again, beside a new one, stores the new one", async () => {
    const accepted = await park([open("front"), open("back")]);
    const first = { index: 0, output: "Open." };
    await give(accepted, [first]);
    const given = await give(accepted, [first, { index: 1, output: "Open, too." }]);
    expect(given.turn.status).toBe("queued");
  });

  it("is stored once if its reply is lost, and once for 10 programs at the same time", async () => {
    const accepted = await park([open("front"), open("back")]);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    await give(accepted, [{ index: 0, output: "Open." }]);
    neon.fault = undefined;
    const racing = Array.from({ length: 10 }, (_, count) =>
      give(accepted, [{ index: 1, output: String(count) }]).then(
        () => "stored",
        ({ type }) => type,
      ),
    );
    const outcomes = await Promise.all(racing);
    expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "already_decided")).toHaveLength(9);
    expect(await sql("select from receipts where turn_id = $1", [accepted.turnId])).toHaveLength(2);
  });

  it("of a stopped turn is refused, and one from before the stop stays in sight", async () => {
    const accepted = await park([open("front"), open("back")]);
    await give(accepted, [{ index: 0, output: "Open." }]);
    await turns.stop(accepted);
    await expect(give(accepted, [{ index: 1, output: "x" }])).rejects.toMatchObject({
      ...{ status: 409, type: "approval_changed" },
    });
    expect(await stateOf(accepted)).toMatchObject({
      status: "stopped",
      tools: [{ state: "done", output: "Open." }, { state: "failed" }],
    });
    // The next turn knows what the program did.
    await acceptAll(turns, ["And now?"], accepted);
    bedrock.script.add(answerWith("One door is open."));
    await runNext(accepted);
    expect(resultsSent()[0]).toContain("> Open.");
  });

  it("survives a runner that dies between the output and the continuation", async () => {
    const accepted = await park([open("front")]);
    await give(accepted, [{ index: 0, output: "Open." }]);
    const dead = await turns.claim(accepted);
    expect(dead.outcome).toBe("claimed");
    await letLeaseRunOut(accepted.conversationId);
    bedrock.script.add(answerWith("Done."));
    await runNext(accepted);
    expect(await stateOf(accepted)).toMatchObject({
      ...{ status: "done", attempt: 3, result: "I will.\n\nDone." },
      tools: [{ state: "done", output: "Open." }],
    });
  });

  it("reserves the turn's money, and is not stored if a budget does not cover that", async () => {
    const caps = { turn: 1_000_000, ownerDay: 1_000_000, siteDay: 1e9, siteMonth: 1e9 };
    const costing = { turnWorst: 1_000_000, callWorst: 1_000_000, worstByModel: {} };
    const costly = turnsCosting({ caps, ...costing });
    const accepted = await park([open("front")], [door], costly);
    const poor = { caps: { ...caps, ownerDay: 0 }, ...costing };
    await expect(give(accepted, [{ index: 0, output: "Open." }], poor)).rejects.toMatchObject({
      status: 402,
      members: { scope: "owner/day" },
    });
    expect((await stateOf(accepted)).status).toBe("waiting");
    expect(await sql("select from receipts where turn_id = $1", [accepted.turnId])).toEqual([]);
    const rich = { caps: { ...caps, ownerDay: 10_000_000 }, ...costing };
    await give(accepted, [{ index: 0, output: "Open." }], rich);
    expect(
      await sql(
        "select has_begun, reserved > 0 as holds from bookings where turn_id = $1 and state = 'open'",
        [accepted.turnId],
      ),
    ).toEqual([{ has_begun: false, holds: true }]);
  });
});
