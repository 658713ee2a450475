import * as v from "valibot";
import { Timestamp } from "./identifier.ts";
import { typedLine } from "./typed-text.ts";

/** What a program may do with a key. */
export const Scope = v.picklist(
  ["chat", "documents:read", "documents:write"],
  "must be chat, documents:read or documents:write",
);
export type Scope = v.InferOutput<typeof Scope>;

/** An owner may have so many keys. */
export const maxApiKeys = 50;

/** The public part of a key. */
const ApiKeyId = v.pipe(
  v.string("must be the id of a key"),
  v.regex(/^[0-9a-z]{12}$/, "must be the id of a key"),
);

/** The body of `POST /api/v1/keys`. */
export const ApiKeyCreate = v.object({
  name: typedLine(80),
  scopes: v.optional(
    v.pipe(
      v.array(Scope, "must be a list of scopes"),
      v.minLength(1, "must name at least one scope"),
      v.maxLength(Scope.options.length, "must name each scope once"),
      v.check((scopes) => new Set(scopes).size === scopes.length, "must name each scope once"),
    ),
    ["chat"],
  ),
  /** What the key's turns may cost in a day (UTC). Null: only the owner's budget bounds them. */
  daily_budget_usd: v.optional(
    v.nullable(
      v.pipe(
        v.number("must be a number"),
        v.minValue(0.01, "must be at least 0.01"),
        v.maxValue(100_000, "must be at most 100000"),
      ),
    ),
    null,
  ),
});
export type ApiKeyCreate = v.InferOutput<typeof ApiKeyCreate>;

/** A program's key, without its secret. */
export const ApiKey = v.object({
  id: ApiKeyId,
  name: v.string(),
  scopes: v.array(Scope),
  daily_budget_usd: v.nullable(v.number()),
  /** What the key's turns have cost today (UTC), and what those that run may still cost. */
  spent_today_usd: v.number(),
  created_at: Timestamp,
  /** Exact to the hour. Null: never used. */
  last_used_at: v.nullable(Timestamp),
});
export type ApiKey = v.InferOutput<typeof ApiKey>;

/** The response of `POST /api/v1/keys`: the only one that ever has the key itself. */
export const ApiKeyCreated = v.object({ ...ApiKey.entries, key: v.string() });
export type ApiKeyCreated = v.InferOutput<typeof ApiKeyCreated>;

/** The response of `GET /api/v1/keys`: newest first, without those that are revoked. */
export const ApiKeyList = v.object({ keys: v.array(ApiKey) });
export type ApiKeyList = v.InferOutput<typeof ApiKeyList>;

/** The path of `DELETE /api/v1/keys/{id}`. */
export const ApiKeyPath = v.object({ id: ApiKeyId });
