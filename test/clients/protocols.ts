import { agUi } from "./ag-ui-client.ts";
import { aiSdk } from "./ai-sdk-client.ts";
import { openAiResponses } from "./openai-client.ts";
import { ownProtocol } from "./own-client.ts";
import type { ProtocolUnderTest } from "./shown-answer.ts";

export const protocols: readonly ProtocolUnderTest[] = [ownProtocol, aiSdk, openAiResponses, agUi];
