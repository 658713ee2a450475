import * as v from "valibot";
import { CallId } from "#lib/contract/call-id.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ClientOutputs, SettledClientCalls } from "#lib/conversations/settle-client-calls.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { cutForModel } from "#lib/tools/gate/cut-output.ts";
import {
  budgetProblem,
  changedProblem,
  expiredProblem,
  unknownCallProblem,
} from "./decide-call.ts";
import { continueTurnRun } from "./start-turn-run.ts";
import type { SendTurnRun } from "./turn-run-event.ts";

export interface DecideCallsDependencies {
  settleClientCalls: (input: ClientOutputs) => Promise<SettledClientCalls>;
  sendTurnRun: SendTurnRun;
  telemetry: Telemetry;
}

interface GivenOutputs extends Omit<ClientOutputs, "outputs"> {
  outputs: readonly {
    /** Our id of the call, as `ToolCall.id` has it. */
    callId: string;
    /** Text or JSON for the model, of which it reads the first 8 KB. */
    output: string;
    /** The tool could not do its work; the output says why. */
    failed?: boolean | undefined;
  }[];
}

export interface DecidedCalls {
  /** After the outputs: `queued` if it goes on, `waiting` if outputs or decisions are missing. */
  turn: TurnState;
  /** Our ids of the calls that wait for the program still. */
  missing: string[];
}

/**
 * Stores what the tools of a program returned: all outputs of the request, or none. The output that completes the turn has the turn
 * continue without a reader, as a person's decision does. The same outputs again are a replay.
 * @throws HttpProblem 400 for a call that stands in the list twice; 402; 404; 409 already_decided, approval_expired,
 *   approval_changed; 503 with the outputs kept
 */
export async function decideCalls(
  { settleClientCalls, telemetry, ...sender }: DecideCallsDependencies,
  { outputs, ...target }: GivenOutputs,
): Promise<DecidedCalls> {
  if (new Set(outputs.map(({ callId }) => callId)).size < outputs.length) {
    throw new HttpProblem("bad_request", 400, "Send one output for each call.");
  }
  if (!outputs.every(({ callId }) => v.is(CallId, callId))) throw unknownCallProblem();
  const settled = await settleClientCalls({
    ...target,
    outputs: outputs.map(({ callId, output, failed = false }) => ({
      ...{ callId, failed, output: cutForModel(output) },
    })),
  });
  if (!("turn" in settled)) throw problemOf(settled, target);
  const { turn, missing } = settled;
  const ids = { conversation_id: turn.conversation_id, turn_id: turn.turn_id };
  if (settled.outcome === "decided") {
    telemetry.info("client_calls.settled", { ...ids, calls: outputs.length });
  }
  if (turn.status === "queued") await continueTurnRun(sender, target.owner, turn);
  return { turn, missing };
}

function problemOf(
  refusal: Exclude<SettledClientCalls, { turn: TurnState }>,
  { conversationId, turnId }: Omit<ClientOutputs, "outputs">,
): HttpProblem {
  switch (refusal.outcome) {
    case "unknown":
      return unknownCallProblem();
    case "already_decided":
      return new HttpProblem("already_decided", 409, "This call has another output already.");
    case "expired":
      return expiredProblem();
    case "changed":
      return changedProblem();
    case "refused":
      return budgetProblem(refusal, { conversation_id: conversationId, turn_id: turnId });
  }
}
