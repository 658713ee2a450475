import { isJsonObject, parseJson } from "#lib/platform/json.ts";
import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import type { Question, Skill } from "#local/bedrock/demo/skill.ts";

/** Keeps notes, reads them, or sends a webhook, if the message asks for it in plain words. */
export const notesAndWebhooks: Skill = (question) => {
  const { text, tools } = question;
  const say = sayIn(question.language);
  const offered = (name: string) => tools.find((tool) => tool.name === name);
  const [saver, reader, sender] = ["save_note", "recall_notes", "send_webhook"].map(offered);
  const note = saver && noteIn(text);
  if (note) {
    const announcement = say("I will keep a note of that.", "Das notiere ich.");
    return oneCall(question, { tool: saver, input: { text: note }, announcement }, unchanged);
  }
  const words = reader && wordsIn(text);
  if (reader && words !== undefined) {
    const input = words === "" ? {} : { words };
    const announcement = say("Let me read your notes.", "Ich lese deine Notizen.");
    return oneCall(question, { tool: reader, input, announcement }, (notes) =>
      presentNotes(notes, question),
    );
  }
  const webhook = sender && webhookIn(text, namesOf(sender));
  if (!webhook) return undefined;
  const announcement = say(`I will send that to ${webhook.to}.`, `Ich sende das an ${webhook.to}.`);
  return oneCall(question, { tool: sender, input: { ...webhook }, announcement }, unchanged);
};

const unchanged = (result: string): string => result;

/** One line of JSON is one note. */
function presentNotes(text: string, { language }: Question): string {
  const notes = text.split("\n").map(readNote);
  const known = notes.filter((note) => note !== undefined);
  if (known.length < notes.length) return text;
  const lines = known.map((note) => `- ${note.text} (${note.saved})`);
  const heading = sayIn(language)("These are your notes:", "Das sind deine Notizen:");
  return [heading, "", ...lines].join("\n");
}

function readNote(line: string): { text: string; saved: string } | undefined {
  const { text, saved } = Object(parseJson(line)) as { text?: unknown; saved?: unknown };
  return typeof text === "string" && typeof saved === "string" ? { text, saved } : undefined;
}

/** "Keep this note: …", "Remember that …". */
function noteIn(message: string): string | undefined {
  const [, noted] =
    /^(?:please )?(?:save|keep|make|take|write)\b[^:]*\bnote\b[^:]*:\s*(.+)$/isu.exec(message) ??
    /^(?:please )?remember(?: that| this)?:?\s+(.+)$/isu.exec(message) ??
    /^(?:bitte )?(?:notiere?|merke? dir)(?:,? dass)?:?\s+(.+)$/isu.exec(message) ??
    [];
  return noted?.trim();
}

/** "What are my notes?", "Show my notes about tea". Returns an empty text if the message names no words. */
function wordsIn(message: string): string | undefined {
  const asked =
    /\b(?:what|which|show|read|list|recall|find|do you have)\b.*\bnotes?\b(?: do (?:you|I) have)?(?:.*?\b(?:about|on|with)\s+(.+?))?[\s?.!]*$/isu.exec(
      message,
    ) ??
    /\b(?:was|welche|zeige?|lies|liste)\b.*\bnotizen?\b(?: habe ich)?(?:.*?\b(?:über|zu|mit)\s+(.+?))?[\s?.!]*$/isu.exec(
      message,
    );
  return asked ? (asked[1] ?? "") : undefined;
}

/** "Send a webhook to sample: Hello", "Send “Hello” to sample". Text that is a JSON object is sent as it is. */
function webhookIn(message: string, names: string[]): { to: string; body: object } | undefined {
  if (!/\b(?:send|post|sende|schicke?)\b/iu.test(message)) return undefined;
  const words: string[] = message.toLowerCase().match(/[\p{L}\d_-]+/gu) ?? [];
  const isWebhook = words.includes("webhook");
  const named = names.find((name) => {
    const index = words.indexOf(name);
    return index >= 0 && (isWebhook || words[index - 1] === "to");
  });
  const to = named ?? (isWebhook ? names[0] : undefined);
  const [, text] =
    /:\s*(.+)$/su.exec(message) ??
    /\b(?:send|post)\s+["“]?(.+?)["”]?\s+to\b/isu.exec(message) ??
    [];
  return to === undefined || text === undefined ? undefined : { to, body: bodyOf(text.trim()) };
}

function bodyOf(text: string): object {
  const value = parseJson(text);
  return isJsonObject(value) ? value : { text };
}

/** The webhooks that the tool's schema lists. */
function namesOf({ inputSchema }: ToolSpecification): string[] {
  const { to } = (inputSchema.json.properties ?? {}) as { to?: { enum?: string[] } };
  return to?.enum ?? [];
}
