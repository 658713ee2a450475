/** What every server of the benchmark is sent and what the model behind it says: one tool call, then 40 tokens. */

const tokensPerAnswer = 40;

/** The first token appears nowhere else in a stream before the answer begins, so a client can search for it. */
export const firstToken = "Answer";
export const lastToken = "finished.";

/** The tokens of each answer, about five letters each. Their texts joined are the answer. */
export const answerTokens: readonly string[] = [
  firstToken,
  ...Array.from({ length: tokensPerAnswer - 2 }, (_, index) => ` word${index % 10}`),
  ` ${lastToken}`,
];

/** A message of about 100 characters that a calculator answers. */
export const messageOf = (turn: number): string =>
  `What is ${turn} * 12.5? I need the figure for a table of prices that I show to our buyers on Friday.`;

export const calculatorInput = { expression: "24 * 12.5" };

export const modelId = "us.amazon.nova-2-lite-v1:0";

/** The path of the function URL in every version of this project. The baselines serve it, too. */
export const chatPath = "/api/v1/chat";

/** Another protocol's route that streams an answer. */
interface Facade {
  functionName: string;
  path: string;
  /** Whether its client makes up the id of a conversation. The service then reads whether there is one. */
  namesConversation: boolean;
  /** What its client waits for. The text of a short answer comes as a whole in MCP. */
  compares: "firstTokenMs" | "endMs";
  /** The body of a message, as that protocol's client sends it. */
  bodyOf: (message: string, conversationId: string | undefined) => object;
}

export const facades = {
  "ai-sdk": {
    functionName: "ai-sdk-chat",
    path: "/api/ai-sdk/chat",
    namesConversation: true,
    compares: "firstTokenMs",
    bodyOf: (text, id) => ({
      id,
      messages: [{ id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] }],
      trigger: "submit-message",
    }),
  },
  "openai-responses": {
    functionName: "openai",
    path: "/v1/responses",
    namesConversation: false,
    compares: "firstTokenMs",
    bodyOf: (input) => ({ model: "default", input, stream: true }),
  },
  "openai-chat-completions": {
    functionName: "openai",
    path: "/v1/chat/completions",
    namesConversation: false,
    compares: "firstTokenMs",
    bodyOf: (content) => ({
      ...{ model: "default", stream: true },
      messages: [{ role: "user", content }],
    }),
  },
  "ag-ui": {
    functionName: "ag-ui",
    path: "/ag-ui",
    namesConversation: true,
    compares: "firstTokenMs",
    bodyOf: (content, threadId) => ({
      ...{ threadId, runId: crypto.randomUUID(), protocolVersion: "1.0", state: {} },
      messages: [{ id: crypto.randomUUID(), role: "user", content }],
      ...{ tools: [], context: [], forwardedProps: {} },
    }),
  },
  mcp: {
    functionName: "mcp",
    path: "/mcp",
    namesConversation: false,
    compares: "endMs",
    bodyOf: (message) => ({
      ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
      params: { name: "ask", arguments: { message }, _meta: { progressToken: 1 } },
    }),
  },
} satisfies Record<string, Facade>;

export type FacadeName = keyof typeof facades;
