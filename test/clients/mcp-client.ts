import {
  Client,
  type ClientOptions,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import * as v from "valibot";
import { AskResult } from "#lib/contract/mcp.ts";
import { answerMcp, type McpTool } from "#lib/facades/mcp-server.ts";
import { askResult, readAskedAnswer } from "#lib/facades/mcp-stream.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import type { ScriptedService } from "./scripted-service.ts";
import { joined, type ProtocolUnderTest, type ShownAnswer } from "./shown-answer.ts";

/** The client of MCP, whose user gets what the tool `ask` returns. A client of 2026 comes back with the state that it got. */
const mcp = (revision: string, options: ClientOptions): ProtocolUnderTest => ({
  name: `MCP's Client of ${revision}`,
  shows: "no call",
  createClient(service) {
    const connecting = connectTo(service, options);
    return {
      async read() {
        const client = await connecting;
        const call = { name: "ask", arguments: { message: "Hello" } };
        const cut = new AbortController();
        // The client itself waits for a minute after its stream has broken off.
        client.onerror = () => cut.abort();
        const options = { onprogress: () => {}, signal: cut.signal };
        return client.callTool(call, options).then(shownOf, () => broken);
      },
    };
  },
});

/** Without a form the user decides elsewhere, so that a wait is an answer, too. */
const manual = { autoFulfill: false };
export const mcpOf2026 = mcp("2026-07-28", {
  ...{ versionNegotiation: { mode: "auto" }, inputRequired: manual },
});
export const mcpOf2025 = mcp("2025", {});

/** The client rejects a result that asks it to come back, as it does a stream that breaks off. */
const broken: ShownAnswer = { parts: [], outcome: "broken" };

type Result = Awaited<ReturnType<Client["callTool"]>>;

export function shownOf({ structuredContent, isError = false }: Result): ShownAnswer {
  const { answer, status } = v.parse(AskResult, structuredContent);
  if (isError === (status === "done" || status === "waiting")) {
    throw new Error(`A result with the status ${status} says isError: ${isError}.`);
  }
  return { parts: joined([{ text: answer }]), outcome: status === "running" ? "broken" : status };
}

async function connectTo(service: ScriptedService, options: ClientOptions): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, options);
  const transport = new StreamableHTTPClientTransport(new URL("https://localhost/mcp"), {
    async fetch(url, init) {
      if (init?.method !== "POST") return new Response(null, { status: 405 });
      const message = JSON.parse(String(init.body));
      const serving = { version: "1", tools: [askOf(service)] };
      const response = await answerMcp(serving, new Request(url, init), message);
      return message.method === "tools/call" ? service.send(await response.text()) : response;
    },
  });
  await client.connect(transport);
  return client;
}

const askOf = (service: ScriptedService): McpTool => ({
  ...{ name: "ask", title: "Ask", description: "Asks.", isReading: false },
  ...{ inputSchema: {}, outputSchema: {} },
  async run(caller) {
    const { report } = caller;
    const events = streamOf(service);
    const { answer } = readAskedAnswer(events, { conversationId, turnId, report });
    return askResult(await answer, caller);
  },
});

async function* streamOf(service: ScriptedService) {
  yield* service.events();
}
