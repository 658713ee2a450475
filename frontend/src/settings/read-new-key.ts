import * as v from "valibot";
import { ApiKeyCreate, type Scope } from "#lib/contract/api-key.ts";

/** What a person has filled in. */
export interface KeyDraft {
  name: string;
  scopes: readonly Scope[];
  /** Dollars, with a point or a comma before the cents. Empty: no budget. */
  budget: string;
}

export type KeyFault = "name" | "scopes" | "daily_budget_usd";

/** Returns the body of `POST /api/v1/keys`, or the first field that is wrong. */
export function readNewKey({ name, scopes, budget }: KeyDraft): ApiKeyCreate | KeyFault {
  const amount = budget.trim();
  // Three digits behind a point or a comma would be thousands in some languages.
  const isAmount = /^\d+([.,]\d{1,2})?$/.test(amount);
  const parsed = v.safeParse(ApiKeyCreate, {
    name,
    scopes,
    daily_budget_usd:
      amount === "" ? null : isAmount ? Number(amount.replace(",", ".")) : Number.NaN,
  });
  if (parsed.success) return parsed.output;
  return parsed.issues[0].path?.[0].key as KeyFault;
}
