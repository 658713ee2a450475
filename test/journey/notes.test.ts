import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeEach, expect, it } from "vitest";
import { ChatClient } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin();
const database = new pg.Client(twin.parts.postgres.ownerUrl("app"));
await database.connect();
afterAll(() => database.end());

let client: ChatClient;
let owner: string;
beforeEach(async () => {
  client = await logIn();
  const me = (await (await client.send("/api/me")).json()) as { subject: string };
  owner = me.subject;
});

/** Keeps a note as the agent does. */
async function keep(text: string): Promise<string> {
  const id = randomUUID();
  await database.query("insert into notes (id, owner, text) values ($1, $2, $3)", [
    ...[id, owner, text],
  ]);
  return id;
}
const path = "/api/v1/notes";

it("a person turns notes on, sees them and deletes one", async () => {
  expect(await (await client.send(path)).json()).toEqual({ enabled: false, notes: [] });
  const on = await client.sendJson("PATCH", path, { enabled: true });
  expect(await on.json()).toEqual({ enabled: true, notes: [] });
  const id = await keep("Ada likes tea.");
  const [second] = [await keep("Berlin")];
  const listed = (await (await client.send(path)).json()) as { notes: object[] };
  expect(listed.notes).toHaveLength(2);
  expect(listed.notes).toContainEqual({
    ...{ id, text: "Ada likes tea.", conversation_id: null },
    created_at: expect.stringMatching(/Z$/),
  });

  const stranger = await logIn();
  expect((await stranger.send(`${path}/${id}`, { method: "DELETE" })).status).toBe(404);
  expect((await client.send(`${path}/${id}`, { method: "DELETE" })).status).toBe(204);
  expect((await client.send(`${path}/${id}`, { method: "DELETE" })).status).toBe(404);
  expect(await (await client.send(path)).json()).toMatchObject({ notes: [{ id: second }] });
});

it.each([
  ["PATCH", path, '{"enabled":"yes"}', "enabled"],
  ["PATCH", path, '{"enabled":1}', "enabled"],
  ["PATCH", path, "{}", "enabled"],
  ["PATCH", path, "{", "body"],
  ["DELETE", `${path}/1`, undefined, "id"],
  ["DELETE", `${path}/%00`, undefined, "id"],
])("%s %s with %s is refused", async (method, address, body, field) => {
  const headers = { "content-type": "application/json" };
  const response = await client.send(address, { method, headers, ...(body && { body }) });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status: 400, field });
});

it.each([
  ["GET", path],
  ["PATCH", path],
  ["DELETE", `${path}/${randomUUID()}`],
])("%s %s needs a session", async (method, address) => {
  const response = await new ChatClient(twin.url).send(address, { method });
  expect(response.status).toBe(401);
});

it.each([
  ["PATCH", path],
  ["DELETE", `${path}/${randomUUID()}`],
])("%s %s from another site is refused", async (method, address) => {
  const headers = { "sec-fetch-site": "cross-site", "content-type": "application/json" };
  const body = method === "PATCH" ? { body: '{"enabled":true}' } : {};
  expect((await client.send(address, { method, headers, ...body })).status).toBe(403);
  expect(await (await client.send(path)).json()).toMatchObject({ enabled: false });
});
