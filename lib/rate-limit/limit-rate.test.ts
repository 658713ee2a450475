import { describe, expect, it } from "vitest";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createBucket } from "./bucket.ts";
import { type BucketRule, bucketRules } from "./bucket-rules.ts";
import type { BucketStore } from "./bucket-store.ts";
import { limitRate } from "./limit-rate.ts";
import { createMemoryBucketStore } from "./memory-bucket-store.ts";

const rules = bucketRules({ chatRequestsPerMinute: 10, conversationRequestsPerMinute: 60 });
const unreachable: BucketStore = {
  take: () => Promise.reject(new TypeError("out of reach")),
  giveBack: () => Promise.reject(new TypeError("out of reach")),
  settle: () => Promise.reject(new TypeError("out of reach")),
};

const wrongPassword = new HttpProblem("invalid_password", 401, "That is not the password.");

interface LimitedOptions {
  store?: BucketStore;
  /** A check that runs beside the bucket. */
  check?: () => Promise<void>;
  /** Replaces the work of the route. */
  work?: () => Promise<void>;
}

/** A route behind a bucket. */
function limited(
  rule: BucketRule,
  { store = createMemoryBucketStore(), check, work = async () => {} }: LimitedOptions = {},
) {
  const recorded = recordingTelemetry();
  const clock = { nowMs: 1_000_000 };
  const options = { ...rule, store, telemetry: recorded.telemetry, now: () => clock.nowMs };
  const limit = limitRate(createBucket(options), async ({ sourceIp }) => `hash-of-${sourceIp}`);
  const route = defineRoute("test", recorded.telemetry)
    .use(check ? sideBySide({ before: check }, limit) : limit)
    .handler(async () => {
      await work();
      return json(200, {});
    });
  return {
    ...recorded,
    clock,
    call: (sourceIp = "192.0.2.1") => invoke(route, gatewayEvent({ sourceIp })),
  };
}

const fail = (error: Error) => () => Promise.reject(error);

async function statuses(times: number, call: () => Promise<{ statusCode: number }>) {
  const seen: number[] = [];
  while (seen.length < times) seen.push((await call()).statusCode);
  return seen;
}

describe("limitRate", () => {
  it("admits as many requests as the bucket holds, and sends the remaining number", async () => {
    const { call, clock } = limited(rules.chatPost);
    expect((await call()).headers).toMatchObject({
      "ratelimit-policy": '"chat-post";q=10;w=60',
      ratelimit: '"chat-post";r=9;t=60',
    });
    clock.nowMs += 12_300;
    expect((await call()).headers.ratelimit).toBe('"chat-post";r=8;t=48');
  });

  it("refuses the next request with a 429 and the time to wait", async () => {
    const { call, clock, lines, measured } = limited(rules.chatPost);
    expect(await statuses(10, call)).toEqual(Array(10).fill(200));
    clock.nowMs += 17_400;
    const answer = await call();
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({
      "retry-after": "43",
      ratelimit: '"chat-post";r=0;t=43',
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      type: "rate_limited",
      status: 429,
      detail: "Rate limit exceeded. Please wait before making more requests.",
      retry_after: 43,
    });
    expect(lines).toContainEqual({ level: "info", event: "ratelimit.denied" });
    expect(measured).toContainEqual({ metric: "RateLimited", value: 1 });
    clock.nowMs += 43_000;
    expect((await call()).statusCode).toBe(200);
  });

  it("counts each address separately", async () => {
    const { call } = limited(rules.chatPost);
    await statuses(10, call);
    expect((await call("192.0.2.2")).statusCode).toBe(200);
  });

  it("routes share a bucket if its name is the same", async () => {
    const store = createMemoryBucketStore();
    const post = limited(rules.chatPost, { store });
    expect(await statuses(10, post.call)).toEqual(Array(10).fill(200));
    expect((await limited(rules.chatGet, { store }).call()).statusCode).toBe(200);
    expect((await limited(rules.chatPost, { store }).call()).statusCode).toBe(429);
  });
});

describe("limitRate beside another check", () => {
  const revoked = new HttpProblem("unauthorized", 401, "Sign in to continue.");

  it("gives the token of a refused request back, and announces no bucket", async () => {
    const store = createMemoryBucketStore();
    const refused = limited(rules.chatPost, { store, check: fail(revoked) });
    expect(await statuses(20, refused.call)).toEqual(Array(20).fill(401));
    const answer = await refused.call();
    expect(answer.headers).not.toHaveProperty("ratelimit");
    expect((await limited(rules.chatPost, { store }).call()).headers.ratelimit).toBe(
      '"chat-post";r=9;t=60',
    );
  });

  it("leaves the response to the other check if both refuse", async () => {
    const store = createMemoryBucketStore();
    await statuses(10, limited(rules.chatPost, { store }).call);
    const answer = await limited(rules.chatPost, { store, check: fail(revoked) }).call();
    expect(answer.statusCode).toBe(401);
    expect(answer.headers).not.toHaveProperty("ratelimit");
    expect((await limited(rules.chatPost, { store }).call()).statusCode).toBe(429);
  });

  it("keeps the token of a request that the work refuses", async () => {
    const store = createMemoryBucketStore();
    const conflict = new HttpProblem("queue_full", 409, "Wait.");
    const work = fail(conflict);
    const { call } = limited(rules.chatPost, { store, check: async () => {}, work });
    expect((await call()).headers.ratelimit).toBe('"chat-post";r=9;t=60');
    expect(await statuses(10, call)).toEqual([...Array(9).fill(409), 429]);
  });

  it("gives the token back to the bucket in memory while the store is unavailable", async () => {
    let refusals = 20;
    const check = async () => {
      if (refusals-- > 0) throw revoked;
    };
    const { call } = limited(rules.chatPost, { store: unreachable, check });
    expect(await statuses(20, call)).toEqual(Array(20).fill(401));
    expect(await statuses(11, call)).toEqual([...Array(10).fill(200), 429]);
  });

  it("admits a request again after a token came back early", async () => {
    const store = createMemoryBucketStore();
    await statuses(9, limited(rules.chatPost, { store }).call);
    const decided = Promise.withResolvers<void>();
    const checks = [() => decided.promise.then(fail(revoked)), async () => {}, async () => {}];
    const { call } = limited(rules.chatPost, {
      store,
      check: () => checks.shift()?.() ?? Promise.resolve(),
    });
    const first = call();
    expect((await call()).statusCode).toBe(429);
    decided.resolve();
    expect((await first).statusCode).toBe(401);
    expect((await call()).statusCode).toBe(200);
  });
});

describe("a bucket that counts failures", () => {
  it("refuses every password after five wrong ones in 15 minutes", async () => {
    const store = createMemoryBucketStore();
    const wrong = limited(rules.login, { store, work: fail(wrongPassword) });
    expect(await statuses(6, wrong.call)).toEqual([401, 401, 401, 401, 401, 429]);
    const right = limited(rules.login, { store });
    expect((await right.call()).headers["retry-after"]).toBe("900");
    right.clock.nowMs += 900_000;
    expect((await right.call()).statusCode).toBe(200);
  });

  it("a success spends no token", async () => {
    const store = createMemoryBucketStore();
    expect(await statuses(20, limited(rules.login, { store }).call)).toEqual(Array(20).fill(200));
    const wrong = limited(rules.login, { store, work: fail(wrongPassword) });
    expect(await statuses(6, wrong.call)).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

describe("a bucket that counts failures gives other tokens back", () => {
  const busy = new HttpProblem("service_unavailable", 503, "Busy.");

  it.each([
    ["after a 503", busy, 503],
    ["after a 500", new TypeError("a fault"), 500],
    ["after a 400", new HttpProblem("bad_request", 400, "No."), 400],
  ])("%s", async (_case, error, status) => {
    const store = createMemoryBucketStore();
    const failing = limited(rules.login, { store, work: fail(error) });
    expect(await statuses(8, failing.call)).toEqual(Array(8).fill(status));
    const wrong = limited(rules.login, { store, work: fail(wrongPassword) });
    expect(await statuses(6, wrong.call)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it("twelve simultaneous logins of one address wait two seconds at most", async () => {
    const opened = Promise.withResolvers<void>();
    const { call } = limited(rules.login, { work: () => opened.promise });
    const all = Array.from({ length: 12 }, () => call());
    const refused = await Promise.all(all.slice(5));
    opened.resolve();
    const admitted = await Promise.all(all.slice(0, 5));
    expect(admitted.map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(200));
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(Array(7).fill(429));
    expect(refused.map(({ headers }) => headers["retry-after"])).toEqual(Array(7).fill("2"));
    expect(await statuses(7, call)).toEqual(Array(7).fill(200));
  });

  it("a refusal names the full wait if no running request holds a token", async () => {
    const store = createMemoryBucketStore();
    const wrong = limited(rules.login, { store, work: fail(wrongPassword) });
    await statuses(5, wrong.call);
    expect((await wrong.call()).headers["retry-after"]).toBe("900");
  });

  it("a killed request holds its token for 20 s", async () => {
    const store = createMemoryBucketStore();
    const killed = limited(rules.login, { store, work: () => new Promise<void>(() => {}) });
    for (let count = 0; count < 5; count += 1) void killed.call();
    const { call, clock } = limited(rules.login, { store });
    expect((await call()).headers["retry-after"]).toBe("2");
    clock.nowMs += 19_000;
    expect((await call()).statusCode).toBe(429);
    clock.nowMs += 1_001;
    expect(await statuses(6, call)).toEqual(Array(6).fill(200));
  });

  it("a wrong password that cannot be counted gets a 503", async () => {
    const { settle } = unreachable;
    const store = { ...createMemoryBucketStore(), settle };
    const { call } = limited(rules.login, { store, work: fail(wrongPassword) });
    expect(await statuses(2, call)).toEqual([503, 503]);
  });

  it("a frozen request whose token was reclaimed gets a 503", async () => {
    const store = createMemoryBucketStore();
    const thawed = Promise.withResolvers<void>();
    const frozen = limited(rules.login, {
      store,
      work: () => thawed.promise.then(fail(wrongPassword)),
    });
    const answers = Array.from({ length: 5 }, () => frozen.call());
    const later = limited(rules.login, { store });
    later.clock.nowMs += 21_000;
    expect((await later.call()).statusCode).toBe(200);
    thawed.resolve();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(
      Array(5).fill(503),
    );
  });
});

describe("while the store is unavailable", () => {
  it("a bucket that counts requests falls back to memory and logs a warning", async () => {
    const { call, lines, measured } = limited(rules.chatPost, { store: unreachable });
    expect(await statuses(11, call)).toEqual([...Array(10).fill(200), 429]);
    expect(lines).toContainEqual({ level: "warn", event: "ratelimit.unavailable" });
    expect(measured.filter(({ metric }) => metric === "RateLimiterUnavailable")).toHaveLength(11);
  });

  it("a bucket that counts failures throws a 503", async () => {
    const { call, measured } = limited(rules.login, { store: unreachable });
    const answer = await call();
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(JSON.parse(answer.body).type).toBe("service_unavailable");
    expect(measured).toContainEqual({ metric: "RateLimiterUnavailable", value: 1 });
  });

  it("a success stays a success if its token cannot be given back", async () => {
    const { giveBack } = unreachable;
    const store = { ...createMemoryBucketStore(), giveBack };
    const { call, lines } = limited(rules.login, { store });
    expect((await call()).statusCode).toBe(200);
    expect(lines).toContainEqual({ level: "warn", event: "ratelimit.unavailable" });
  });
});

it("bucketRules returns every bucket with its configured capacity", () => {
  const named = Object.values(
    bucketRules({ chatRequestsPerMinute: 7, conversationRequestsPerMinute: 60 }),
  ).map(({ name, capacity, windowSeconds }) => `${name} ${capacity}/${windowSeconds}s`);
  expect(named).toEqual([
    "chat-post 7/60s",
    "chat-get 7/60s",
    "chat-stop 7/60s",
    "chat-decide 60/60s",
    "conversations 60/60s",
    "shared 60/60s",
    "login 5/900s",
    "operator-login 5/900s",
    "device-login 5/900s",
    "key-failures 20/900s",
  ]);
});
