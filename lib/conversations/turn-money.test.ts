import * as v from "valibot";
import { expect, it } from "vitest";
import { Usage } from "#lib/contract/chat.ts";
import { bookedTokens, storedUsage } from "./turn-money.ts";

it("a booking holds tokens by kind, without the cost and the kinds that have none", () => {
  const tokens = { input_tokens: 7, cache_read_tokens: 0, cache_write_tokens: null };
  const booked = bookedTokens({ ...tokens, output_tokens: 5, cost_usd: 0.5 });
  expect(JSON.parse(String(booked))).toEqual({ input_tokens: 7, output_tokens: 5 });
});

it("a booking without known usage holds no tokens", () => {
  expect(bookedTokens(null)).toBeNull();
});

it.each([0, 3, null])(
  "usage with %s tokens of the prompt cache is read as it was stored",
  (count) => {
    const cache = { cache_read_tokens: count, cache_write_tokens: count };
    const usage = { input_tokens: 0, ...cache, output_tokens: 5, cost_usd: 0.5 };
    const stored = storedUsage(usage);
    expect(v.parse(Usage, JSON.parse(stored))).toEqual(usage);
    expect(stored.includes("cache_read_tokens")).toBe(count !== 0);
  },
);
