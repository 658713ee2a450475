import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import type { PlannedCall } from "./tools.ts";

/** Plans a call of an offered tool that keeps notes, reads them, or sends something, if the message asks for it in plain words. */
export function planActs(message: string, tools: ToolSpecification[]): PlannedCall[] {
  const offered = (name: string) => tools.find((tool) => tool.name === name);
  const [saver, reader, sender] = ["save_note", "recall_notes", "send_webhook"].map(offered);
  const note = saver && noteIn(message);
  if (note) {
    return [{ tool: saver, input: { text: note }, announcement: "I will keep a note of that." }];
  }
  const words = reader && wordsIn(message);
  if (words !== undefined) {
    const input = words === "" ? {} : { words };
    return [{ tool: reader as ToolSpecification, input, announcement: "Let me read your notes." }];
  }
  const webhook = sender && webhookIn(message, namesOf(sender));
  return webhook
    ? [{ tool: sender, input: webhook, announcement: `I will send that to ${webhook.to}.` }]
    : [];
}

/** "Keep this note: …", "Remember that …". */
function noteIn(message: string): string | undefined {
  const [, noted] =
    /^(?:please )?(?:save|keep|make|take|write)\b[^:]*\bnote\b[^:]*:\s*(.+)$/isu.exec(message) ??
    /^(?:please )?remember(?: that| this)?:?\s+(.+)$/isu.exec(message) ??
    [];
  return noted?.trim();
}

/** "What are my notes?", "Show my notes about tea". Returns an empty text if the message names no words. */
function wordsIn(message: string): string | undefined {
  const asked =
    /\b(?:what|which|show|read|list|recall|find|do you have)\b.*\bnotes?\b(?: do (?:you|I) have)?(?:.*?\b(?:about|on|with)\s+(.+?))?[\s?.!]*$/isu.exec(
      message,
    );
  return asked ? (asked[1] ?? "") : undefined;
}

/** "Send a webhook to sample: Hello", "Send “Hello” to sample". Text that is a JSON object is sent as it is. */
function webhookIn(message: string, names: string[]): { to: string; body: object } | undefined {
  if (!/\b(?:send|post)\b/iu.test(message)) return undefined;
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
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Most texts are no JSON.
  }
  return { text };
}

/** The webhooks that the tool's schema lists. */
function namesOf({ inputSchema }: ToolSpecification): string[] {
  const { to } = (inputSchema.json.properties ?? {}) as { to?: { enum?: string[] } };
  return to?.enum ?? [];
}
