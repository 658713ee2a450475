import { agUi } from "./ag-ui-client.ts";
import { aiSdk } from "./ai-sdk-client.ts";
import { mcpOf2025, mcpOf2026 } from "./mcp-client.ts";
import { chatCompletions, openAiResponses } from "./openai-client.ts";
import { ownProtocol } from "./own-client.ts";
import type { ProtocolUnderTest } from "./shown-answer.ts";

export const protocols: readonly ProtocolUnderTest[] = [
  ...[ownProtocol, aiSdk, openAiResponses, chatCompletions, agUi, mcpOf2026, mcpOf2025],
];
