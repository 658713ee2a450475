import { expect, it } from "vitest";
import { limitChecks } from "./check-limit.ts";
import type { VerifyClient } from "./verify-client.ts";

/** Stands in for a system whose bucket has this many tokens, and all ten again after a minute. */
function systemWith(tokens: number) {
  let left = tokens;
  const waitsMs: number[] = [];
  const sendJson = async () => {
    const status = left > 0 ? 200 : 429;
    left = Math.max(0, left - 1);
    const headers = { ratelimit: `"chat-post";r=${left};t=60` };
    return Response.json({ conversation_id: "c" }, { status, headers });
  };
  return {
    client: { sendJson, conversationIds: new Set<string>() } as unknown as VerifyClient,
    async wait(ms: number) {
      waitsMs.push(ms);
      if (ms > 60_000) left = 10;
    },
    waitsMs,
  };
}

it.each([
  ["are sent at once to a full bucket", 10, []],
  ["wait for a full bucket if earlier checks have spent tokens", 4, [60_500]],
])("the fifteen messages %s", async (_what, tokens, waitsMs) => {
  const system = systemWith(tokens);
  const [first] = limitChecks(system.client, system.wait);
  expect(await first?.run()).toContain("10 × 200, 5 × 429");
  expect(system.waitsMs).toEqual(waitsMs);
});
