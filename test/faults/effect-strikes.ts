import type { ToolCall } from "#lib/contract/chat.ts";

/** Where a test holds a turn that calls tools with effects, to break the system there. */
export type Moment =
  | "first model call"
  | "parking"
  | "last decision"
  | "claim of the continuation"
  | "claim of the receipt"
  | "effect"
  | "settlement of the receipt"
  | "next model call"
  | "end of the turn";

/**
 * What breaks. Processes are killed, or frozen until another runner has ended the turn. Their request is lost, arrives, or
 * arrives late: after the turn has ended elsewhere. The last three break only the connection.
 */
export type Blow =
  | "kill, and lose the request"
  | "kill after the request"
  | "freeze, and lose the request"
  | "freeze after the request"
  | "freeze, and delay the request"
  | "lose the request"
  | "lose the reply"
  | "refuse the request";

export interface Strike {
  moment: Moment;
  blow: Blow;
  /** What becomes of the turn's first call with an effect. All others have to happen once. */
  shown: Extract<ToolCall["state"], "done" | "unknown">;
  /** How often its effect has happened. Undefined: once or not at all, by chance. */
  times: 0 | 1 | undefined;
}

type Row = [Blow, shown: Strike["shown"], times: Strike["times"]];

const strikes = (moment: Moment, ...rows: Row[]): Strike[] =>
  rows.map(([blow, shown, times]) => ({ moment, blow, shown, times }));

/** A broken connection alone changes nothing: the runner repeats its request. */
const brokenConnections: Row[] = [
  ["lose the request", "done", 1],
  ["lose the reply", "done", 1],
  ["refuse the request", "done", 1],
];

/** Before the first call of the turn. */
export const earlyStrikes: Strike[] = [
  ...strikes(
    "first model call",
    ["kill, and lose the request", "done", 1],
    ["freeze, and delay the request", "done", 1],
  ),
];

/** When the turn is parked. */
export const parkingStrikes: Strike[] = [
  ...strikes(
    "parking",
    ["kill, and lose the request", "done", 1],
    ["kill after the request", "done", 1],
    ["freeze, and delay the request", "done", 1],
    ...brokenConnections,
  ),
];

/** Between the decision and the continuation. */
export const decisionStrikes: Strike[] = [
  ...strikes(
    "last decision",
    ["kill, and lose the request", "done", 1],
    ["kill after the request", "done", 1],
    ...brokenConnections,
  ),
  ...strikes(
    "claim of the continuation",
    ["kill, and lose the request", "done", 1],
    ["kill after the request", "done", 1],
    ["freeze after the request", "done", 1],
    ...brokenConnections,
  ),
];

/** From the first receipt to the end of the turn. */
export const actingStrikes: Strike[] = [
  ...strikes(
    "claim of the receipt",
    ["kill, and lose the request", "done", 1],
    ["kill after the request", "unknown", 0],
    ["freeze, and lose the request", "done", 1],
    // When the runner thaws, it reads that the receipt is claimed.
    ["freeze after the request", "unknown", undefined],
    ["freeze, and delay the request", "done", 1],
    ...brokenConnections,
  ),
  ...strikes(
    "effect",
    ["kill after the request", "unknown", 1],
    ["freeze after the request", "unknown", 1],
    ["freeze, and delay the request", "unknown", 1],
  ),
  ...strikes(
    "settlement of the receipt",
    ["kill, and lose the request", "unknown", 1],
    ["kill after the request", "done", 1],
    ["freeze, and lose the request", "unknown", 1],
    ["freeze after the request", "done", 1],
    ["freeze, and delay the request", "unknown", 1],
    ...brokenConnections,
  ),
  ...strikes(
    "next model call",
    ["kill, and lose the request", "done", 1],
    ["freeze, and delay the request", "done", 1],
  ),
  ...strikes(
    "end of the turn",
    ["kill, and lose the request", "done", 1],
    ["kill after the request", "done", 1],
    ["freeze, and delay the request", "done", 1],
    ...brokenConnections,
  ),
];
