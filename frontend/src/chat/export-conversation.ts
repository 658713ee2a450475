import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import { getConversation } from "../api/client.ts";
import type { Texts } from "../texts/english.ts";

/** The whole conversation, however many pages it has. */
export async function readWholeConversation(
  id: string,
  signal: AbortSignal,
): Promise<ConversationWithTurns> {
  const whole = await getConversation(id, { signal });
  const { turns } = whole;
  let before = whole.earlier_cursor;
  while (before !== null) {
    const page = await getConversation(id, { before, signal });
    turns.unshift(...page.turns);
    before = page.earlier_cursor;
  }
  return { ...whole, turns, earlier_cursor: null };
}

export function toMarkdown(
  { title, created_at, turns }: ConversationWithTurns,
  { export: texts }: Texts,
): string {
  const parts = turns.flatMap(({ message, result, partial, status, model }) => {
    const note = status === "done" ? "" : ` (${texts.states[status]})`;
    const by = model === null ? texts.answer : texts.answerOf(model);
    return [`## ${texts.message}`, message, `## ${by}${note}`, result ?? partial ?? ""];
  });
  const lines = [`# ${title.replaceAll("\n", " ")}`, texts.begun(created_at), ...parts];
  return `${lines.filter((line) => line !== "").join("\n\n")}\n`;
}

/** Puts a text into the browser's downloads. */
export function download(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
