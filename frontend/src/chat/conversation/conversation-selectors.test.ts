import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { turnId } from "#test/support/turn-state.ts";
import {
  countRestarts,
  isOpen,
  isParked,
  isStreamed,
  needsDecision,
} from "./conversation-selectors.ts";
import { newTurn, type ShownTurn } from "./conversation-state.ts";

type ApprovalState = NonNullable<ToolCall["approval"]>["state"];

const call = (state: ApprovalState): ToolCall => ({
  id: `${turnId}.1.0`,
  name: "send_webhook",
  state: "waiting",
  approval: { arguments_sha256: "", state, expires_at: "2026-01-01T00:00:00Z" },
});

const turn = (changes: Partial<ShownTurn>): ShownTurn => ({ ...newTurn(turnId), ...changes });

describe("a waiting turn", () => {
  it.each<[ApprovalState[], boolean]>([
    [["open"], true],
    [["approved", "open"], true],
    [["approved", "denied"], false],
    [["expired"], false],
  ])("with calls that are %j is parked: %s", (states, expected) => {
    const waiting = turn({ status: "waiting", tools: states.map(call) });
    expect(isOpen(waiting)).toBe(true);
    expect([isParked(waiting), needsDecision(waiting)]).toEqual([expected, expected]);
    // Once the time of every call is over, the service goes on with the turn, if somebody asks for its stream.
    expect(isStreamed(waiting)).toBe(!expected);
  });

  it("for its program is parked and needs no decision, until no call waits any more", () => {
    const ofProgram = (state: ToolCall["state"]): ToolCall => ({
      ...{ id: `${turnId}.1.0`, name: "open_door", state, client: true },
    });
    const waiting = turn({ status: "waiting", tools: [ofProgram("waiting")] });
    expect([isParked(waiting), isStreamed(waiting), needsDecision(waiting)]).toEqual([
      ...[true, false, false],
    ]);
    const tools = [ofProgram("done"), ofProgram("waiting")];
    expect(isStreamed(turn({ status: "running", tools }))).toBe(true);
    expect(isParked(turn({ status: "waiting", tools: [ofProgram("done")] }))).toBe(false);
  });

  it("that was stopped is not parked any more", () => {
    const stopped = turn({ status: "stopped", tools: [call("open")] });
    expect([isOpen(stopped), isParked(stopped), isStreamed(stopped)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("the restarts of a turn", () => {
  it.each<[ShownTurn["status"], number, number, number]>([
    ["running", 1, 0, 0],
    ["running", 2, 0, 1],
    ["waiting", 1, 1, 0],
    ["waiting", 2, 1, 1],
    ["queued", 1, 1, 0],
    ["running", 2, 1, 0],
    ["done", 3, 1, 1],
    ["waiting", 2, 2, 0],
    ["done", 3, 2, 0],
    ["stopped", 1, 1, 0],
  ])("%s in attempt %i after %i parkings: %i", (status, attempt, parkings, restarts) => {
    expect(countRestarts(turn({ status, attempt, parkings }))).toBe(restarts);
  });
});
