import { titlePrompt } from "#lib/agent/model/write-title.ts";
import type { ConverseRequest } from "./converse-request.ts";

/** Whether the request is for the title of a conversation. */
export const isTitleRequest = ({ system }: ConverseRequest): boolean =>
  system.some((block) => "text" in block && block.text === titlePrompt);
