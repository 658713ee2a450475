import * as v from "valibot";
import { Timestamp } from "./identifier.ts";

/** `POST /api/login`. The password is compared as it is, never trimmed. `token: true` asks for a bearer token. */
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
  /** How many UTF-16 units a message may have in this deployment. */
  message_limit: v.number(),
});
export type Me = v.InferOutput<typeof Me>;
