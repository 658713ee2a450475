import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { cut, interrupt } from "#local/bedrock/script.ts";
import { pageDirectory } from "#local/builds/page-build.ts";
import { readDeployment } from "#local/deployment.ts";
import { startFrontDoor } from "#local/front-door/front-door.ts";
import { startGateway } from "#local/gateway/gateway.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import { beat } from "#test/support/beat.ts";
import { ChatClient, readAll, readEvents, textOf } from "#test/support/chat-client.ts";
import { twinOptions } from "#test/support/twin-options.ts";
import { installRuntimeClient } from "./install-client.ts";
import { type RuntimeHost, startRuntimeHost } from "./runtime-host.ts";

// Here and not in a setup of the project: other tests run while it is built.
const client = await installRuntimeClient();
const root = join(import.meta.dirname, "..", "..");

describe.skipIf("missing" in client)("the built functions under AWS's runtime client", () => {
  const options = twinOptions();
  const stack = new AsyncDisposableStack();
  let twin: Twin;
  let host: RuntimeHost;
  let url: string;

  beforeAll(async () => {
    if ("missing" in client) return;
    twin = await startTwin(options);
    stack.defer(() => twin.stop());
    const deployment = readDeployment();
    host = startRuntimeHost({
      client: client.path,
      functions: deployment.functions.map(({ name, timeoutSeconds, memoryMb }) => ({
        name,
        bundle: join(root, "dist", name, "index.mjs"),
        exportName: "handler",
        timeoutSeconds,
        memoryMb,
      })),
      environment: environmentOf(twin),
    });
    stack.defer(() => host.stop());
    const apiKeys = [twin.apiKeys.cloudFront, twin.apiKeys.program];
    const usagePlan = options.usagePlan;
    const gateway = await startGateway({ deployment: { ...deployment, usagePlan }, host, apiKeys });
    stack.defer(() => gateway.close());
    const frontDoor = await startFrontDoor({
      pageDirectory,
      gatewayAddress: gateway.address,
      apiKey: twin.apiKeys.cloudFront,
      bucketOrigin: twin.parts.s3.endpoint,
    });
    stack.defer(() => frontDoor.close());
    url = `http://localhost:${frontDoor.port}`;
  });
  afterAll(() => stack.disposeAsync());

  async function signIn(): Promise<ChatClient> {
    const owner = new ChatClient(url);
    await owner.login(twin.password);
    return owner;
  }

  // Must be the first test: needs no process and an empty database.
  it("eight concurrent cold starts on an empty database give eight answers", async () => {
    const { cookie } = await signIn();
    const texts = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const one = new ChatClient(url);
        one.cookie = cookie;
        return (await one.chat(`What is ${index} + 1?`)).text;
      }),
    );
    expect(host.pids("chat-post").length).toBeGreaterThan(1);
    expect(host.pids("chat-stream").length).toBeGreaterThan(1);
    texts.forEach((text, index) => {
      expect(text).toContain(String(index + 1));
    });
  });

  it("text arrives while the answer continues", async () => {
    const one = await signIn();
    const gate = twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const accepted = await one.post("Write a long answer");
    const events: StreamEvent[] = [];
    let atGate = "";
    for await (const event of readEvents(await one.send(accepted.stream_url))) {
      events.push(event);
      if (atGate !== "" || textOf(events) === "") continue;
      await gate.reached;
      atGate = textOf(events);
      gate.release();
    }
    expect(events.findLast(({ event }) => event !== "title")?.event).toBe("done");
    expect(textOf(events).length).toBeGreaterThan(atGate.length);
  });

  it("an error before the first byte has its status and a problem", async () => {
    const stranger = await new ChatClient(url).send(`/api/v1/chat?conversation_id=${unknownId}`);
    expect(stranger.status).toBe(401);
    expect(await stranger.json()).toMatchObject({ type: "unauthorized" });
    const missing = await (await signIn()).send(`/api/v1/chat?conversation_id=${unknownId}`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get("content-type")).toBe("application/problem+json");
    expect(await missing.json()).toMatchObject({ type: "not_found" });
  });

  it("an error after the first byte is the last event, and the process survives", async () => {
    const one = await signIn();
    const { script } = twin.parts.bedrock;
    const before = new Set(host.pids("chat-stream"));
    script.add(...Array.from({ length: 9 }, () => interrupt({}, 3, cut)));
    const accepted = await one.post("Write a long answer");
    const events = await readAll(await one.send(accepted.stream_url));
    script.clear();
    expect(events.at(-1)).toMatchObject({ event: "error" });

    const again = await one.chat("Hello", accepted.conversation_id);
    expect(again.events.at(-1)?.event).toBe("done");
    expect(new Set(host.pids("chat-stream"))).toEqual(before);
  });

  it("a turn leaves no timer behind for the thawed process", async () => {
    const one = await signIn();
    const { conversation_id } = await one.chat("My name is Ada.");
    const before = host.output("chat-stream").length;
    // Longer than a beat: a timer left behind would fire as soon as the process continues.
    await pause(1_500);
    const requests = { beats: 0, others: 0 };
    twin.parts.neon.fault = ({ body }) => {
      requests[beat.test(body) ? "beats" : "others"] += 1;
      return undefined;
    };
    const { text, events } = await one.chat("What is my name?", conversation_id);
    twin.parts.neon.fault = undefined;
    expect(text).toContain("Ada");
    expect(requests.others).toBeLessThanOrEqual(4);
    const [done] = events.flatMap(({ event, data }) => (event === "done" ? [data] : []));
    expect(requests.beats).toBeLessThanOrEqual(Math.floor((done?.duration_ms ?? 0) / 1_000));
    expect(host.output("chat-stream").slice(before)).not.toContain('"ERROR"');
  });
});

const unknownId = "00000000-0000-4000-8000-000000000000";

/** Returns the variables that the twin sets for its functions. */
function environmentOf(twin: Twin): Record<string, string> {
  return {
    ENVIRONMENT: "local",
    SERVICE_VERSION: "0.0.0",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    RATE_LIMIT_TABLE: "rate-limit",
    POWERTOOLS_SERVICE_NAME: "runtime-test",
    CHAT_REQUESTS_PER_MINUTE: "60",
    BEDROCK_MODEL_ID: twin.model.modelId,
    LOCAL_NEON_ENDPOINT: twin.parts.neon.sqlEndpoint,
    LOCAL_DYNAMODB_ENDPOINT: twin.parts.dynamodb.endpoint,
    LOCAL_SECRETS_ENDPOINT: twin.parts.secrets.endpoint,
    LOCAL_BEDROCK_ENDPOINT: twin.parts.bedrock.endpoint,
    LOCAL_LAMBDA_ENDPOINT: twin.lambdaEndpoint,
  };
}
