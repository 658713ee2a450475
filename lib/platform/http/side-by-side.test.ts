import { describe, expect, it } from "vitest";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { defineRoute } from "./define-route.ts";
import { HttpProblem } from "./http-problem.ts";
import { json } from "./http-response.ts";
import { sideBySide } from "./side-by-side.ts";

const unauthorized = new HttpProblem("unauthorized", 401, "Sign in to continue.");
const limited = new HttpProblem("rate_limited", 429, "Wait.");

/** Two checks that end when the test says so. */
function twoChecks() {
  const seen: string[] = [];
  const checkOf = (name: string) => {
    const ending = Promise.withResolvers<void>();
    const check = {
      async before() {
        seen.push(`${name} begins`);
        await ending.promise;
        seen.push(`${name} passes`);
      },
      undo: async () => void seen.push(`${name} is undone`),
      after: async () => void seen.push(`${name} sees the response`),
      onError: async () => void seen.push(`${name} sees the error`),
    };
    return { check, pass: ending.resolve, refuse: ending.reject };
  };
  const first = checkOf("first");
  const second = checkOf("second");
  const route = defineRoute("test", recordingTelemetry().telemetry)
    .use(sideBySide(first.check, second.check))
    .handler(async () => {
      seen.push("work");
      return json(200, {});
    });
  return {
    seen,
    first,
    second,
    call: async () => (await invoke(route, gatewayEvent())).statusCode,
  };
}

describe("sideBySide", () => {
  it("starts both checks at once, and the work after both have passed", async () => {
    const { seen, first, second, call } = twoChecks();
    const status = call();
    await expect.poll(() => seen).toEqual(["first begins", "second begins"]);
    second.pass();
    await expect.poll(() => seen).toContain("second passes");
    expect(seen).not.toContain("work");
    first.pass();
    expect(await status).toBe(200);
    expect(seen.slice(3)).toEqual([
      "first passes",
      "work",
      "second sees the response",
      "first sees the response",
    ]);
  });

  it("undoes the second check if the first refuses, even if the first is faster", async () => {
    const { seen, first, second, call } = twoChecks();
    const status = call();
    first.refuse(unauthorized);
    await expect.poll(() => seen).toContain("second begins");
    second.pass();
    expect(await status).toBe(401);
    expect(seen).toContain("second is undone");
    expect(seen.indexOf("second is undone")).toBeGreaterThan(seen.indexOf("second passes"));
    expect(seen).not.toContain("first is undone");
    expect(seen).not.toContain("work");
  });

  it("undoes the first check if the second refuses", async () => {
    const { seen, first, second, call } = twoChecks();
    const status = call();
    second.refuse(limited);
    first.pass();
    expect(await status).toBe(429);
    expect(seen).toContain("first is undone");
    expect(seen).not.toContain("second is undone");
    expect(seen).not.toContain("work");
  });

  it("lets the first check decide if both refuse, and undoes neither", async () => {
    const { seen, first, second, call } = twoChecks();
    const status = call();
    second.refuse(limited);
    first.refuse(unauthorized);
    expect(await status).toBe(401);
    expect(seen.filter((line) => line.includes("undone"))).toEqual([]);
  });
});
