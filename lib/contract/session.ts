import * as v from "valibot";
import { Timestamp } from "./identifier.ts";
import { ModelChoice } from "./model-choice.ts";

/** Body of `POST /api/login`. The password is never trimmed. `token: true` requests a bearer token. */
export const LoginRequest = v.object({
  password: v.pipe(
    v.string("must be a string"),
    v.minLength(1, "must not be empty"),
    v.maxLength(256, "must have at most 256 characters"),
  ),
  token: v.optional(v.boolean("must be true or false"), false),
});

export const LoginAnswer = v.object({
  message: v.literal("Login successful"),
  token: v.optional(v.string()),
  expires_at: v.optional(Timestamp),
});
export type LoginAnswer = v.InferOutput<typeof LoginAnswer>;

export const Me = v.object({
  authenticated: v.literal(true),
  subject: v.string(),
  expires_at: Timestamp,
  /** This deployment's longest message, in UTF-16 units. */
  message_limit: v.number(),
  /** The most that one model call gets of a conversation, in tokens that are estimated at four bytes each. */
  thread_tokens: v.number(),
  /** After so many days without a message a conversation is deleted. Null: never. */
  conversation_idle_days: v.nullable(v.number()),
  /** Whether people may give documents to the agent. */
  documents: v.boolean(),
  /** What a conversation may run with. The first is the default. */
  models: v.array(ModelChoice),
  /** Only if the demo model answers: the page that explains how to connect a real model. */
  demo: v.optional(v.object({ guide_url: v.string() })),
});
export type Me = v.InferOutput<typeof Me>;

/** The response of `DELETE /api/me`. */
export const MeDeletion = v.object({
  /** True: everything is deleted, and the session has ended. False: the same request goes on with the rest. */
  is_complete: v.boolean(),
});
export type MeDeletion = v.InferOutput<typeof MeDeletion>;
