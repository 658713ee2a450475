import * as v from "valibot";
import { type ImportedConversation, UnknownFile } from "./imported-conversation.ts";
import { ChatGptConversation, readChatGpt } from "./read-chatgpt.ts";
import { ClaudeConversation, readClaude } from "./read-claude.ts";
import { OwnConversation, OwnExport, readOwn } from "./read-own.ts";

export interface ImportFile {
  conversations: ImportedConversation[];
  /** Conversations that the page cannot read. Empty ones count to none of both. */
  unreadable: number;
}

/**
 * Reads our own export of one conversation or of all, or the `conversations.json` of ChatGPT or Claude.
 * @throws UnknownFile if the text is no JSON, or JSON of another kind
 */
export function readImportFile(text: string): ImportFile {
  const file = parse(text);
  const all = v.is(OwnExport, file) ? file.conversations : file;
  const listed: unknown[] = Array.isArray(all) ? all : [all];
  const read = listed.map(readConversation);
  const known = read.filter((conversation) => conversation !== null);
  if (known.length === 0 && listed.length > 0) throw new UnknownFile();
  return {
    conversations: known.filter(({ turns }) => turns.length > 0),
    unreadable: read.length - known.length,
  };
}

function parse(text: string): unknown {
  try {
    // An editor may have put a byte order mark before the file.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnknownFile();
    throw error;
  }
}

function readConversation(conversation: unknown): ImportedConversation | null {
  if (v.is(ChatGptConversation, conversation)) return readChatGpt(conversation);
  if (v.is(ClaudeConversation, conversation)) return readClaude(conversation);
  return v.is(OwnConversation, conversation) ? readOwn(conversation) : null;
}
