import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UnavailableReason } from "./database-errors.ts";
import { createDatabase, DatabaseUnavailable, SqlError } from "./postgres.ts";

/** What the server does with each of the next requests. */
let behaviours: RequestListener[] = [];
let requests = 0;
let connections = 0;
const server = createServer((request, response) => {
  requests += 1;
  const behave = behaviours.shift() ?? answerRow;
  request.resume().on("end", () => behave(request, response));
});
let endpoint = "";
server.on("connection", () => {
  connections += 1;
});

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
/** Sends the first bytes of a response, then ends or destroys the connection. */
const cutAfter =
  (answer: string, bytes: number, how: "end" | "destroy"): RequestListener =>
  (request) => {
    const { socket } = request;
    socket.write(answer.slice(0, bytes), () => (how === "end" ? socket.end() : socket.destroy()));
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

  it("connect sends nothing, and the first request uses the connection", async () => {
    await query(); // The driver's settings belong to the process, and so do its idle connections.
    server.closeIdleConnections();
    const database = createDatabase({ url, endpoint });
    connections = 0;
    requests = 0;

    await database.connect();
    expect(requests).toBe(0);
    expect(await database.query(one)).toEqual([{ one: 1 }]);

    expect({ connections, requests }).toEqual({ connections: 1, requests: 1 });
  });

  it("connect throws what a request would throw if the address is unknown", async () => {
    const unreadable = async () => Promise.reject(new Error("The secret x could not be read."));
    await expect(createDatabase({ url: unreadable, endpoint }).connect()).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      reason: "access_denied",
    });
  });

  it("throws an SqlError with the SQLSTATE, without the quoted row", async () => {
    behaviours = [refuse(400, { message: "duplicate key", code: "23505", detail: "canary" })];
    const error = await query().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SqlError);
    expect(error).toMatchObject({ code: "23505", message: "duplicate key" });
    expect(error).not.toHaveProperty("cause");
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  it.each([
    ["0A000", "feature not supported"],
    ["21000", "more than one row returned by a subquery"],
    ["22P02", "invalid input syntax for type uuid"],
    ["23505", "duplicate key"],
    ["25P02", "current transaction is aborted"],
    ["42601", "syntax error"],
    ["44000", "check option"],
    ["54023", "too many arguments"],
    ["P0001", "raised"],
    ["TL001", "the fence differs"],
  ])("throws an SqlError for SQLSTATE %s", async (code, message) => {
    behaviours = [refuse(400, { message, code })];
    const error = await query().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SqlError);
    expect(error).toMatchObject({ code, message });
    expect(requests).toBe(1);
  });

  it.each([413, 507])(
    "throws an SqlError for a request or response of more than 10 MiB (%i)",
    async (status) => {
      behaviours = [refuse(status, { message: "is too large (max is 10485760 bytes)", code: "" })];
      await expect(query()).rejects.toThrow(SqlError);
    },
  );

  it.each<[code: string, UnavailableReason]>([
    ["08006", "unavailable"],
    ["08P01", "unavailable"],
    ["25006", "read_only"],
    ["26000", "unavailable"],
    ["28000", "access_denied"],
    ["28P01", "access_denied"],
    ["28P99", "unavailable"],
    ["3D000", "not_found"],
    ["3F000", "not_migrated"],
    ["40001", "unavailable"],
    ["40P01", "unavailable"],
    ["42501", "access_denied"],
    ["42703", "not_migrated"],
    ["42883", "not_migrated"],
    ["42P01", "not_migrated"],
    ["42P10", "not_migrated"],
    ["53100", "full"],
    ["53200", "unavailable"],
    ["53300", "too_many_connections"],
    ["55P03", "unavailable"],
    ["57014", "timeout"],
    ["57P01", "shutting_down"],
    ["57P03", "shutting_down"],
    ["57P04", "not_found"],
    ["58030", "unavailable"],
    ["XX000", "unavailable"],
    ["ZZ999", "unavailable"],
    ["22", "unavailable"],
    ["", "unavailable"],
  ])("SQLSTATE %s makes the database unavailable: %s", async (code, reason) => {
    behaviours = [refuse(400, { message: "x", code })];
    await expect(query()).rejects.toMatchObject({ name: "DatabaseUnavailable", reason });
    expect(requests).toBe(1);
  });

  it.each<[status: number, body: object | string, UnavailableReason]>([
    [500, { message: "x", code: "3D000" }, "not_found"],
    [500, { message: "x", code: "42601" }, "unavailable"],
    [400, { message: "x" }, "unavailable"],
    [400, { message: 5, code: 23505 }, "unavailable"],
    [400, "null", "unavailable"],
    [400, "<html>", "unavailable"],
    [302, "", "unavailable"],
    [401, "", "access_denied"],
    [403, "<html>Forbidden</html>", "access_denied"],
    [404, "<html>Not found</html>", "not_found"],
    [429, "", "too_many_connections"],
    [502, "Bad Gateway", "unavailable"],
    [504, "<html>", "timeout"],
  ])("status %i with %j makes the database unavailable: %s", async (status, body, reason) => {
    behaviours = [refuse(status, body)];
    await expect(query()).rejects.toMatchObject({ name: "DatabaseUnavailable", reason });
    expect(requests).toBe(1);
  });

  it.each(["<html>", "", "null", "[]", '"rows"', '{"rows":[]}', '{"results":[{}]}'])(
    "two responses of status 200 with %j make the database unavailable",
    async (body) => {
      behaviours = [refuse(200, body), refuse(200, body)];
      await expect(query()).rejects.toMatchObject({ name: "DatabaseUnavailable" });
      expect(requests).toBe(2);
    },
  );

  it("follows no redirect, which would send the password to another host", async () => {
    behaviours = [(_, response) => response.writeHead(307, { Location: endpoint }).end()];
    await expect(query()).rejects.toThrow(DatabaseUnavailable);
    expect(requests).toBe(1);
  });

  it("asks for a longer wait when an operator must act", () => {
    expect(new DatabaseUnavailable()).toMatchObject({ status: 503, retryAfterSeconds: 5 });
    expect(new DatabaseUnavailable(undefined, "full")).toMatchObject({
      needsOperator: true,
      status: 503,
      retryAfterSeconds: 60,
      message: expect.stringContaining("operator"),
    });
  });

  it("is unavailable when no server listens", async () => {
    const database = createDatabase({ url, endpoint: "http://127.0.0.1:1/sql" });
    await expect(database.query(one)).rejects.toThrow(DatabaseUnavailable);
  });

  it("is unavailable when the response takes too long", async () => {
    behaviours = [stayQuiet];
    await expect(query(500)).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      reason: "timeout",
    });
    expect(requests).toBe(1);
  });

  it("repeats a request once after a cut connection", async () => {
    behaviours = [cutConnection];
    expect(await query()).toEqual([{ one: 1 }]);
    behaviours = [cutConnection, cutConnection];
    await expect(query()).rejects.toThrow(DatabaseUnavailable);
    expect(requests).toBe(4);
  });

  const payload = JSON.stringify(row);
  const answers = {
    "of a known length": `HTTP/1.1 200 OK\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`,
    "in chunks": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${payload.length.toString(16)}\r\n${payload}\r\n0\r\n\r\n`,
    "without a length": `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${payload}`,
  };

  describe.each(Object.entries(answers))("a response %s", (_, answer) => {
    it.each(["end", "destroy"] as const)(
      "is fetched again after a cut at any byte (%s)",
      async (how) => {
        const whole = answer.endsWith(payload) ? answer.length : answer.length - 1;
        for (let bytes = 0; bytes < whole; bytes += 1) {
          requests = 0;
          behaviours = [cutAfter(answer, bytes, how)];
          expect(await query(), `after ${bytes} bytes`).toEqual([{ one: 1 }]);
          expect(requests, `after ${bytes} bytes`).toBe(2);
        }
      },
    );

    it("is not fetched a third time", async () => {
      const half = answer.length - 20;
      behaviours = [cutAfter(answer, half, "destroy"), cutAfter(answer, half, "destroy")];
      await expect(query()).rejects.toThrow(DatabaseUnavailable);
      expect(requests).toBe(2);
    });
  });

  it("repeats a request after a cut refusal", async () => {
    const refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{";
    behaviours = [cutAfter(refusal, refusal.length, "destroy")];
    expect(await query()).toEqual([{ one: 1 }]);
  });

  it("stops at the time limit even while a body arrives", async () => {
    behaviours = [(_, response) => response.writeHead(200, { "Content-Length": 100 }).write("{")];
    await expect(query(500)).rejects.toMatchObject({ reason: "timeout" });
    expect(requests).toBe(1);
  });

  it.each([
    "mysql://app:canary@db.example/app",
    "canary",
    "postgresql://app:canary@db example/app",
    "postgresql://app:canary@db.example:port/app",
    "postgresql://app:canary@db.example",
    "postgresql://db.example/canary",
  ])("denies access with the address %s and does not repeat the address", async (address) => {
    const database = createDatabase({ url: async () => address, endpoint });
    const error = await database.query(one).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "DatabaseUnavailable", reason: "access_denied" });
    expect(String(Object(error).cause)).toContain("not a postgresql:// URL");
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
    expect(requests).toBe(0);
  });

  it("denies access without the secret", async () => {
    const unreadable = async () => Promise.reject(new Error("The secret x could not be read."));
    await expect(createDatabase({ url: unreadable, endpoint }).query(one)).rejects.toMatchObject({
      reason: "access_denied",
      cause: new Error("The secret x could not be read."),
    });
  });

  it("throws an SqlError for a parameter that JSON cannot write", async () => {
    const faulty = { text: "select $1", params: [{ big: 1n }] };
    const thrown = createDatabase({ url, endpoint }).query(faulty);
    await expect(thrown).rejects.toThrow(SqlError);
    expect(requests).toBe(0);
  });
});
