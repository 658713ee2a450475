import type { Gate } from "#local/bedrock/script.ts";
import type { EffectReceiver } from "./effect-receiver.ts";
import type { Moment, Strike } from "./effect-strikes.ts";
import { type FaultTwin, runners } from "./fault-twin.ts";
import { type HeldRequest, holdRequest, requests } from "./hold-request.ts";

/** Holds the system when it next comes to this moment. `words` tell one request from others of its kind. */
export function holdAt(
  moment: Moment,
  { twin }: FaultTwin,
  receiver: EffectReceiver,
  ...words: string[]
): HeldRequest {
  const hold = (request: string) => holdRequest(twin.parts.neon, request, ...words);
  switch (moment) {
    case "first model call":
    case "next model call":
      return heldAtGate(twin.parts.bedrock.script.hold({ afterDeltas: 0 }));
    case "effect":
      return heldAtGate(receiver.hold());
    case "parking":
      return hold(requests.park);
    case "last decision":
      return hold(requests.decide);
    case "claim of the continuation":
      return hold(requests.claimTurn);
    case "claim of the receipt":
      return hold(requests.claimEffect);
    case "settlement of the receipt":
      return hold(requests.settleEffect);
    case "end of the turn":
      return hold(requests.end);
  }
}

/** A reply that is held: if its receiver has been killed, nobody reads it. */
function heldAtGate(gate: Gate): HeldRequest {
  const release = async () => gate.release();
  return { reached: gate.reached, release, drop: release, loseReply: release, refuse: release };
}

/** @param takeOver lets another runner go on when the lease has run out, as far as it can */
export async function breakThere(
  { moment, blow }: Strike,
  held: HeldRequest,
  system: FaultTwin,
  takeOver: () => Promise<unknown>,
): Promise<void> {
  const functions = moment === "last decision" ? ["chat-decide"] : runners;
  await held.reached;
  switch (blow) {
    case "lose the request":
      await held.drop();
      break;
    case "lose the reply":
      await held.loseReply();
      break;
    case "refuse the request":
      await held.refuse();
      break;
    case "kill, and lose the request":
    case "kill after the request":
      await Promise.all(functions.map((name) => system.twin.functionKill(name)));
      await (blow === "kill after the request" ? held.release() : held.drop());
      break;
    default: {
      const frozen = functions.map((name) => system.twin.functionFreeze(name));
      if (blow === "freeze after the request") await held.release();
      if (blow === "freeze, and lose the request") await held.drop();
      await takeOver();
      if (blow === "freeze, and delay the request") await held.release();
      for (const processes of frozen) processes.thaw();
      return;
    }
  }
  await takeOver();
}
