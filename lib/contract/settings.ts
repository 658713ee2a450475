import * as v from "valibot";
import { maxInstructionsLength } from "./conversation-settings.ts";
import { typedMessage } from "./typed-text.ts";

/** The longest name of a prompt, and the longest prompt, in UTF-16 units. */
export const maxPromptNameLength = 40;
export const maxPromptLength = 4_000;
export const maxPrompts = 50;

/** A text that a person inserts into a message by its name. */
export const Prompt = v.object({
  name: v.pipe(
    v.string("must be a string"),
    v.regex(/^[\p{L}\p{N}_-]+$/u, "must have letters, digits, _ and - only"),
    v.maxLength(maxPromptNameLength, `must have at most ${maxPromptNameLength} characters`),
  ),
  text: typedMessage(maxPromptLength),
});
export type Prompt = v.InferOutput<typeof Prompt>;

const Prompts = v.pipe(
  v.array(Prompt, "must be a list"),
  v.maxLength(maxPrompts, `must have at most ${maxPrompts} entries`),
  v.check(
    (prompts) => new Set(prompts.map(({ name }) => name)).size === prompts.length,
    "must not have two prompts of one name",
  ),
);

/** What an owner has set for all their conversations. */
export const OwnerSettings = v.object({
  /** What the model is told in each conversation. Empty: nothing. */
  instructions: v.string(),
  prompts: Prompts,
});
export type OwnerSettings = v.InferOutput<typeof OwnerSettings>;

/** The body of `PATCH /api/v1/settings`. It changes what it names, and nothing else. */
export const OwnerSettingsUpdate = v.pipe(
  v.object({
    instructions: v.optional(
      v.union([v.literal(""), typedMessage(maxInstructionsLength)], "must be a string"),
    ),
    prompts: v.optional(Prompts),
  }),
  v.check(
    ({ instructions, prompts }) => instructions !== undefined || prompts !== undefined,
    "must name what to change",
  ),
);
export type OwnerSettingsUpdate = v.InferOutput<typeof OwnerSettingsUpdate>;
