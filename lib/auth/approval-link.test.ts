import { expect, it } from "vitest";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import { createApprovalLinks, type LinkedCall } from "./approval-link.ts";
import { readSession, signSession } from "./session-token.ts";

const keys: TokenKeys = { keys: [{ kid: "1", key: "k".repeat(32) }], epoch: 1 };
const links = (tokenKeys = keys, publicOrigin?: string) =>
  createApprovalLinks({ tokenKeys: async () => tokenKeys, publicOrigin });

const turnId = "22222222-2222-4222-8222-222222222222";
const call: LinkedCall = {
  conversationId: "11111111-1111-4111-8111-111111111111",
  turnId,
  callId: `${turnId}.12.15`,
  argumentsSha256: "0f".repeat(32),
  expiresAt: new Date("2026-12-01T00:00:00Z"),
};

const tokenOf = (link: string) => link.replace(/^.*\/approve\//, "");
const linkedBy = async (tokenKeys?: TokenKeys) => tokenOf(await links(tokenKeys).linkTo(call));

it("a link names its call and its expiry", async () => {
  expect(await links().read(await linkedBy())).toEqual(call);
});

it("a link is a path without a configured origin, and an address with one", async () => {
  expect(await links().linkTo(call)).toMatch(/^\/approve\/[\w.-]+$/);
  const link = await links(keys, "https://chat.example.com").linkTo(call);
  expect(link).toMatch(/^https:\/\/chat\.example\.com\/approve\/[\w.-]+$/);
  expect(link.length).toBeLessThan(800);
});

it("a link is no session, and a session is no link", async () => {
  expect(await readSession(await linkedBy(), keys)).toBeUndefined();
  const session = await signSession(
    {
      owner: "owner-1",
      sessionId: "session-1",
      use: "bearer",
      authenticatedAt: new Date(0),
      issuedAt: new Date(0),
      expiresAt: new Date("2026-12-01T00:00:00Z"),
    },
    keys,
  );
  expect(await readSession(session, keys)).toMatchObject({ owner: "owner-1" });
  expect(await links().read(session)).toBeUndefined();
});

it.each<[string, () => Promise<string>]>([
  ["an empty text", async () => ""],
  ["another text", async () => "a.b.c"],
  ["a link with a changed signature", async () => `${(await linkedBy()).slice(0, -2)}AA`],
  [
    "a link of an unknown key",
    () => linkedBy({ ...keys, keys: [{ kid: "2", key: "x".repeat(32) }] }),
  ],
  ["a link of an earlier epoch", () => linkedBy({ ...keys, epoch: 0 })],
])("%s names nothing", async (_what, token) => {
  expect(await links().read(await token())).toBeUndefined();
});

it("a link that a rotated key has signed stays valid", async () => {
  const token = await linkedBy();
  const rotated: TokenKeys = { keys: [{ kid: "2", key: "n".repeat(32) }, ...keys.keys], epoch: 1 };
  expect(await links(rotated).read(token)).toEqual(call);
});
