import { expect, it } from "vitest";
import { bookedTokens } from "./turn-money.ts";

it("a booking holds tokens by kind, without the cost and the kinds that have none", () => {
  const tokens = { input_tokens: 7, cache_read_tokens: 0, cache_write_tokens: null };
  const booked = bookedTokens({ ...tokens, output_tokens: 5, cost_usd: 0.5 });
  expect(JSON.parse(String(booked))).toEqual({ input_tokens: 7, output_tokens: 5 });
});

it("a booking without known usage holds no tokens", () => {
  expect(bookedTokens(null)).toBeNull();
});
