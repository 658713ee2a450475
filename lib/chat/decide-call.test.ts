import { describe, expect, it } from "vitest";
import type { LinkedCall } from "#lib/auth/approval-link.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ChatDecision } from "#lib/contract/decision.ts";
import type { Decision, DecisionInput } from "#lib/conversations/decide-call.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import {
  type DecideCallDependencies,
  decideLinkedCall,
  decideOwnCall,
  showLinkedCall,
} from "./decide-call.ts";
import type { TurnRunEvent } from "./turn-run-event.ts";

const callId = `${turnId}.1.0`;
const hash = "0f".repeat(32);
const decision: ChatDecision = {
  conversation_id: conversationId,
  turn_id: turnId,
  call_id: callId,
  arguments_sha256: hash,
  decision: "approve",
  note: "Once only.",
};
const call: ToolCall = {
  id: callId,
  name: "send_webhook",
  state: "waiting",
  effect: "write",
  approval: { arguments_sha256: hash, state: "open", expires_at: "2026-12-01T00:00:00Z" },
};
const decidedTurn = (status: TurnState["status"]) => turnState({ status, tools: [call] });
const decided = (status: TurnState["status"]): Decision => ({
  outcome: "decided",
  owner: "owner-1",
  turn: decidedTurn(status),
});
const linked: LinkedCall = {
  conversationId,
  turnId,
  callId,
  argumentsSha256: hash,
  expiresAt: new Date("2026-12-01T00:00:00Z"),
};

function open(outcome: Decision, changes: Partial<DecideCallDependencies> = {}) {
  const inputs: DecisionInput[] = [];
  const sent: TurnRunEvent[] = [];
  const { telemetry, measured } = recordingTelemetry();
  const dependencies: DecideCallDependencies = {
    decide: async (input) => {
      inputs.push(input);
      return outcome;
    },
    findTurn: async () => ({ owner: "owner-1", turn: decidedTurn("waiting") }),
    approvalLinks: { read: async (token) => (token === "valid" ? linked : undefined) },
    sendTurnRun: async (event) => void sent.push(event),
    telemetry,
    now: () => Date.parse("2026-11-30T00:00:00Z"),
    ...changes,
  };
  return { dependencies, inputs, sent, measured };
}

describe("the owner's decision", () => {
  it("is stored, and the response has the turn and its stream", async () => {
    const { dependencies, inputs, sent, measured } = open(decided("waiting"));
    expect(await decideOwnCall(dependencies, "owner-1", decision)).toEqual({
      ...decidedTurn("waiting"),
      stream_url: `/api/v1/chat?conversation_id=${conversationId}&turn_id=${turnId}`,
    });
    expect(inputs).toEqual([
      {
        owner: "owner-1",
        ...{ conversationId, turnId, callId, argumentsSha256: hash },
        ...{ decision: "approve", note: "Once only." },
      },
    ]);
    expect(measured).toEqual([{ metric: "ToolApprovals", value: 1 }]);
    expect(sent).toEqual([]);
  });

  it("continues the turn if no other call waits", async () => {
    const { dependencies, sent } = open(decided("queued"));
    await decideOwnCall(dependencies, "owner-1", decision);
    expect(sent).toEqual([{ owner: "owner-1", conversation_id: conversationId }]);
  });

  it.each<[TurnState["status"], number]>([
    ["queued", 1],
    ["running", 0],
    ["done", 0],
  ])("continues a %s turn again when it is replayed: %i times", async (status, times) => {
    const { dependencies, sent, measured } = open({
      ...decided(status),
      outcome: "replayed",
    } as Decision);
    await decideOwnCall(dependencies, "owner-1", decision);
    expect(sent).toHaveLength(times);
    expect(measured).toEqual([]);
  });

  it("is kept if the turn cannot be continued", async () => {
    const { dependencies, inputs } = open(decided("queued"), {
      sendTurnRun: () => Promise.reject(new Error("Lambda returned 429")),
    });
    await expect(decideOwnCall(dependencies, "owner-1", decision)).rejects.toMatchObject({
      status: 503,
      message: expect.stringMatching(/^The decision is stored/),
    });
    expect(inputs).toHaveLength(1);
  });

  it.each<[Decision, number, string, RegExp]>([
    [{ outcome: "unknown" }, 404, "not_found", /not yours/],
    [{ outcome: "already_decided" }, 409, "already_decided", /another decision/],
    [{ outcome: "expired" }, 409, "approval_expired", /is over/],
    [{ outcome: "changed" }, 409, "approval_changed", /other arguments/],
    [
      { outcome: "refused", refusedBy: "site/day", resetsAt: "2026-12-01T00:00:00.000Z" },
      402,
      "budget_exhausted",
      /Nothing is decided/,
    ],
  ])("that is refused with %j is a %i %s", async (outcome, status, type, message) => {
    const { dependencies, sent, measured } = open(outcome);
    await expect(decideOwnCall(dependencies, "owner-1", decision)).rejects.toMatchObject({
      ...{ status, type, message: expect.stringMatching(message) },
      ...(status === 402 && {
        members: { scope: "site/day", resets_at: "2026-12-01T00:00:00.000Z" },
      }),
    });
    expect([sent, measured]).toEqual([[], []]);
  });
});

describe("a decision with a link", () => {
  it("needs no owner, and its response shows only the call", async () => {
    const { dependencies, inputs, sent } = open(decided("queued"));
    expect(await decideLinkedCall(dependencies, "valid", decision)).toEqual({
      conversation_id: conversationId,
      turn_id: turnId,
      call,
    });
    expect(inputs[0]?.owner).toBeUndefined();
    expect(sent).toEqual([{ owner: "owner-1", conversation_id: conversationId }]);
  });

  it.each<[string, string, Partial<ChatDecision>, number, string]>([
    ["no link", "forged", {}, 404, "not_found"],
    ["another conversation", "valid", { conversation_id: turnId }, 404, "not_found"],
    ["another turn", "valid", { turn_id: conversationId }, 404, "not_found"],
    ["another call", "valid", { call_id: `${turnId}.1.1` }, 404, "not_found"],
    ["other arguments", "valid", { arguments_sha256: "00".repeat(32) }, 409, "approval_changed"],
  ])("decides nothing for %s", async (_what, link, changes, status, type) => {
    const { dependencies, inputs } = open(decided("queued"));
    await expect(
      decideLinkedCall(dependencies, link, { ...decision, ...changes }),
    ).rejects.toMatchObject({ status, type });
    expect(inputs).toEqual([]);
  });

  it("decides nothing once the link has expired", async () => {
    const late = { now: () => linked.expiresAt.getTime() };
    const { dependencies, inputs } = open(decided("queued"), late);
    const refused = { status: 409, type: "approval_expired" };
    await expect(decideLinkedCall(dependencies, "valid", decision)).rejects.toMatchObject(refused);
    await expect(showLinkedCall(dependencies, "valid")).rejects.toMatchObject(refused);
    expect(inputs).toEqual([]);
  });
});

describe("the page of a link", () => {
  it("gets the call and nothing else of the conversation", async () => {
    const { dependencies } = open(decided("queued"));
    expect(await showLinkedCall(dependencies, "valid")).toEqual({
      conversation_id: conversationId,
      turn_id: turnId,
      call,
    });
  });

  it.each([
    ["an unknown link", "forged", {}],
    ["a deleted conversation", "valid", { findTurn: async () => undefined }],
    [
      "a turn without the call",
      "valid",
      { findTurn: async () => ({ owner: "owner-1", turn: turnState() }) },
    ],
  ])("gets a 404 for %s", async (_what, link, changes) => {
    const { dependencies } = open(decided("queued"), changes);
    await expect(showLinkedCall(dependencies, link)).rejects.toMatchObject({
      status: 404,
      type: "not_found",
    });
  });
});
