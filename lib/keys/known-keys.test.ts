import { expect, it } from "vitest";
import type { KeyHolder } from "./key-holders.ts";
import { createKnownKeys } from "./known-keys.ts";

const holder: KeyHolder = { keyId: "id", owner: "program", scopes: ["chat"] };

/** Counts the look-ups of a store that knows one key until it is revoked. */
function openKeys() {
  let [lookUps, nowMs, isLive] = [0, 0, true];
  const known = createKnownKeys(
    {
      async find(_, key) {
        lookUps += 1;
        return isLive && key === "right" ? holder : undefined;
      },
    },
    30_000,
    () => nowMs,
  );
  return {
    find: (key: string) => known.find("id", key),
    lookUps: () => lookUps,
    passSeconds: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
    revoke: () => {
      isLive = false;
    },
  };
}

it("looks a valid key up once in half a minute", async () => {
  const { find, lookUps, passSeconds } = openKeys();
  expect([await find("right"), await find("right")]).toEqual([holder, holder]);
  expect(lookUps()).toBe(1);
  passSeconds(30);
  expect(await find("right")).toEqual(holder);
  expect(lookUps()).toBe(2);
});

it("forgets a revoked key within half a minute", async () => {
  const { find, passSeconds, revoke } = openKeys();
  await find("right");
  revoke();
  passSeconds(30);
  expect(await find("right")).toBeUndefined();
});

it("never takes another key with the same id for the one it knows, and keeps no unknown key", async () => {
  const { find, lookUps } = openKeys();
  await find("right");
  expect([await find("wrong"), await find("wrong")]).toEqual([undefined, undefined]);
  expect(lookUps()).toBe(3);
});
