import * as v from "valibot";
import { Effort } from "./model-choice.ts";
import { typedLine, typedMessage } from "./typed-text.ts";

/** The longest instructions, in UTF-16 units. */
export const maxInstructionsLength = 4_000;

/** What a conversation's turns run with. A field that is missing or null has the deployment's default. */
export const ConversationSettings = v.object({
  /** What the model is told before each message, beside the owner's own instructions. */
  instructions: v.nullish(typedMessage(maxInstructionsLength)),
  /** The id of a model that the deployment offers. */
  model: v.nullish(typedLine(200)),
  effort: v.nullish(Effort),
});
export type ConversationSettings = v.InferOutput<typeof ConversationSettings>;
