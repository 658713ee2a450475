import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";

/** The event of the function `turn-run`: up to which turn it runs a conversation, or all open turns if none is named. */
export const TurnRunEvent = v.strictObject({
  owner: v.pipe(v.string(), v.nonEmpty()),
  conversation_id: Identifier,
  turn_id: v.optional(Identifier),
});
export type TurnRunEvent = v.InferOutput<typeof TurnRunEvent>;

/** Hands the event to `turn-run`. Resolves when Lambda has stored it. */
export type SendTurnRun = (event: TurnRunEvent) => Promise<void>;
