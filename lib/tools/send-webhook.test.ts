import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toolContext } from "#test/support/tool-context.ts";
import { createSendWebhook } from "./send-webhook.ts";
import { ToolRefusal } from "./tool.ts";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

let respond: (response: ServerResponse) => void;
let received: Received[];
let port: number;
const server = createServer((request, response) => {
  const { method, url, headers } = request;
  let body = "";
  request.on("data", (piece) => {
    body += piece;
  });
  request.on("end", () => {
    received.push({ method, url, headers, body });
    respond(response);
  });
});

beforeEach(async () => {
  received = [];
  respond = (response) => response.end("ok");
  await once(server.listen(0, "127.0.0.1"), "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const context = toolContext({ receiptId: "0190-receipt" });

function toolFor(url = `http://127.0.0.1:${port}/hook?a=b`, parts = {}) {
  return createSendWebhook({
    webhooks: new Map([["ops", new URL(url)]]),
    ...{ version: "1.2.3", mayUseLoopback: true, timeoutMs: 5_000, ...parts },
  });
}
const send = (tool = toolFor(), body: Record<string, unknown> = { text: "Grüße" }) =>
  tool.run({ to: "ops", body }, context);

describe("a webhook", () => {
  it("gets the JSON once, with the receipt's id as idempotency key", async () => {
    expect(await send()).toBe("Sent. ops answered with the status 200:\nok");
    expect(received).toEqual([
      {
        ...{ method: "POST", url: "/hook?a=b", body: '{"text":"Grüße"}' },
        headers: expect.objectContaining({
          "content-type": "application/json",
          "content-length": "18",
          "idempotency-key": "0190-receipt",
          "user-agent": "enterprise-agentic-ai/1.2.3",
        }),
      },
    ]);
  });

  it("may answer without a word", async () => {
    respond = (response) => response.writeHead(204).end();
    expect(await send()).toBe("Sent. ops answered with the status 204.");
  });

  it("is not followed elsewhere", async () => {
    respond = (response) => response.writeHead(307, { location: "http://127.0.0.1/admin" }).end();
    await expect(send()).rejects.toThrow(
      "ops redirects to another address (status 307), and a webhook follows no redirect.",
    );
    expect(received).toHaveLength(1);
  });

  it.each([400, 404, 429, 500, 503])("that answers %i is not called again", async (status) => {
    respond = (response) => response.writeHead(status).end("no");
    const sent = send();
    await expect(sent).rejects.toThrow(ToolRefusal);
    await expect(sent).rejects.toThrow(`ops answered with the status ${status}:\nno`);
    expect(received).toHaveLength(1);
  });

  it("is read up to 64 KB, also if it never ends", async () => {
    respond = (response) => {
      response.write("x".repeat(10 * 1024 * 1024));
    };
    expect(JSON.stringify(await send()).length).toBeLessThan(66_000);
  });

  it("whose answer breaks off counts by its status", async () => {
    respond = (response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("beg", () => response.destroy());
    };
    expect(await send()).toBe("Sent. ops answered with the status 200:\nbeg");
  });
});

describe("nothing was sent", () => {
  const nothing = async (tool: ReturnType<typeof toolFor>, reason: string) => {
    const sent = send(tool);
    await expect(sent).rejects.toThrow(ToolRefusal);
    await expect(sent).rejects.toThrow(`nothing was sent: the service ${reason}.`);
    expect(received).toEqual([]);
  };

  it.each(["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])(
    "to %s outside the twin",
    async (host) => {
      const tool = toolFor(`http://${host}:${port}/`, { mayUseLoopback: false });
      await nothing(tool, "has an address that is not public");
    },
  );

  it("to the metadata of AWS, in the twin either", async () => {
    await nothing(toolFor("http://169.254.169.254/latest"), "has an address that is not public");
  });

  it("if nobody listens", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port: unused } = closed.address() as AddressInfo;
    closed.close();
    await nothing(toolFor(`http://127.0.0.1:${unused}/`), "could not be reached");
  });

  it("if the receiver's certificate is not valid", async () => {
    await nothing(toolFor(`https://127.0.0.1:${port}/`), "could not be reached");
  });
});

describe("nobody can know whether a webhook took effect", () => {
  const unknown = async (sent = send()) => {
    await expect(sent).rejects.toThrow();
    await expect(sent).rejects.not.toThrow(ToolRefusal);
    expect(received).toHaveLength(1);
  };

  it("if its receiver hangs up", async () => {
    respond = (response) => response.destroy();
    await unknown();
  });

  it("if its receiver says nothing in time", async () => {
    respond = () => {};
    await unknown(send(toolFor(undefined, { timeoutMs: 500 })));
  });
});

describe("the input", () => {
  const issues = (input: unknown) =>
    v.safeParse(toolFor().input, input).issues?.map(({ message }) => message);

  it("is a name and an object", () => {
    expect(issues({ to: "ops", body: { a: [1, { b: null }] } })).toBeUndefined();
  });

  it.each([
    [{ to: "other", body: {} }, "must be one of: ops"],
    [{ to: "https://evil.example", body: {} }, "must be one of: ops"],
    [{ to: "__proto__", body: {} }, "must be one of: ops"],
    [{ to: ["ops"], body: {} }, "must be one of: ops"],
    [{ body: {} }, /./],
    [{ to: "ops", body: "text" }, "must be a JSON object"],
    [{ to: "ops", body: null }, "must be a JSON object"],
    [{ to: "ops", body: [1] }, "must be a JSON object"],
    [{ to: "ops" }, /./],
    [{ to: "ops", body: {}, url: "https://evil.example" }, /./],
  ])("%j is refused", (input, message) => {
    expect(issues(input)).toEqual([expect.stringMatching(message)]);
  });
});

it("the model knows the name of a webhook, never its address", () => {
  const { description } = toolFor();
  expect(description).toContain("ops");
  expect(description).not.toContain("127.0.0.1");
});
