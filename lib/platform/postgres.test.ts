import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, DatabaseUnavailable, SqlError } from "./postgres.ts";

/** What the server does with the next requests, one after the other. */
let behaviours: RequestListener[] = [];
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  const behave = behaviours.shift() ?? answerRow;
  request.resume().on("end", () => behave(request, response));
});
let endpoint = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`;
});
beforeEach(() => {
  requests = 0;
  behaviours = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const row = { fields: [{ name: "one", dataTypeID: 23 }], rows: [["1"]], command: "SELECT" };
const answerRow: RequestListener = (_, response) => response.end(JSON.stringify(row));
const refuse =
  (status: number, body: object | string): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  };
const cutConnection: RequestListener = (request) => request.socket.destroy();
const cutAnswer: RequestListener = (request, response) => {
  response.writeHead(200, { "Content-Length": 1_000 }).write('{"rows":');
  setImmediate(() => request.socket.destroy());
};
const stayQuiet: RequestListener = () => {};

const url = async () => "postgresql://app:canary@db.example/app";
const one = { text: "select 1 as one", params: [] };
const query = (timeoutMs = 2_000) => createDatabase({ url, endpoint, timeoutMs }).query(one);

describe("the database", () => {
  it("sends one request for a query and one for a transaction, with values parsed", async () => {
    expect(await query()).toEqual([{ one: 1 }]);
    behaviours = [
      (request, response) => {
        expect(request.headers["neon-batch-isolation-level"]).toBe("ReadCommitted");
        response.end(JSON.stringify({ results: [row, row] }));
      },
    ];
    const database = createDatabase({ url, endpoint });
    expect(await database.transaction([one, one])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
    expect(requests).toBe(2);
  });

  it("throws what Postgres refuses with its code, and without the row that it quotes", async () => {
    behaviours = [refuse(400, { message: "duplicate key", code: "23505", detail: "canary" })];
    const error = await query().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SqlError);
    expect(error).toMatchObject({ code: "23505", message: "duplicate key" });
    expect(error).not.toHaveProperty("cause");
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  it.each([
    ["lost its connection", refuse(400, { message: "x", code: "08006" })],
    ["has another password", refuse(400, { message: "x", code: "28P01" })],
    ["is missing", refuse(400, { message: "x", code: "3D000" })],
    ["broke a deadlock", refuse(400, { message: "x", code: "40P01" })],
    ["has no connection free", refuse(400, { message: "x", code: "53300" })],
    ["is shutting down", refuse(400, { message: "x", code: "57P01" })],
    ["took too long over a statement", refuse(400, { message: "x", code: "57014" })],
    ["cannot be woken", refuse(400, { message: "endpoint is disabled" })],
    ["is behind a broken proxy", refuse(502, "Bad Gateway")],
    ["answers half", cutAnswer],
  ])("is unavailable when it %s", async (_, behaviour) => {
    behaviours = [behaviour];
    await expect(query()).rejects.toThrow(DatabaseUnavailable);
    expect(requests).toBe(1);
  });

  it("is unavailable when nothing listens there", async () => {
    const database = createDatabase({ url, endpoint: "http://127.0.0.1:1/sql" });
    await expect(database.query(one)).rejects.toThrow(DatabaseUnavailable);
  });

  it("is unavailable when it does not answer in time", async () => {
    behaviours = [stayQuiet];
    await expect(query(50)).rejects.toThrow(DatabaseUnavailable);
    expect(requests).toBe(1);
  });

  it("tries once more when the connection was cut, as it is after a long sleep", async () => {
    behaviours = [cutConnection];
    expect(await query()).toEqual([{ one: 1 }]);
    behaviours = [cutConnection, cutConnection];
    await expect(query()).rejects.toThrow(DatabaseUnavailable);
    expect(requests).toBe(4);
  });

  it("does not repeat a malformed address, which may hold a password", async () => {
    const database = createDatabase({ url: async () => "mysql://app:canary@x", endpoint });
    const error = await database.query(one).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("not a postgresql:// URL");
    expect(String(error)).not.toContain("canary");
  });
});
