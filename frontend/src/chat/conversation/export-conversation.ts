import { getConversation } from "#frontend/api/client.ts";
import { waitForRateLimit } from "#frontend/api/wait-for-rate-limit.ts";
import { sourceUrl } from "#frontend/sources/source-url.ts";
import type { Texts } from "#frontend/texts/english.ts";
import { download, fileNameOf } from "#frontend/ui/download.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Source } from "#lib/contract/source.ts";

/** Downloads the whole conversation as a file: in JSON with all versions of its messages, in Markdown the shown ones. */
export async function exportConversation(
  id: string,
  format: "markdown" | "json",
  texts: Texts,
  signal: AbortSignal,
): Promise<void> {
  const branches = format === "json" ? "all" : undefined;
  const conversation = await readWholeConversation(id, { branches, signal });
  const fileName = fileNameOf(conversation.title, texts.export.fileName);
  if (format === "json") {
    download(`${fileName}.json`, "application/json", JSON.stringify(conversation, null, 2));
  } else {
    download(`${fileName}.md`, "text/markdown", toMarkdown(conversation, texts));
  }
}

export function toMarkdown(
  { title, created_at, turns }: ConversationWithTurns,
  { export: texts }: Texts,
): string {
  const parts = turns.flatMap(({ message, result, partial, status, model, sources }) => {
    const note = status === "done" ? "" : ` (${texts.states[status]})`;
    const by = model === null ? texts.answer : texts.answerBy(model);
    const cited = sources.map(describeSource);
    const answer = [`## ${by}${note}`, result ?? partial ?? ""];
    return [`## ${texts.message}`, message, ...answer, ...cited];
  });
  const hasVersions = turns.some(({ versions = [] }) => versions.length > 1);
  const lines = [
    `# ${title.replaceAll("\n", " ")}`,
    texts.started(new Date(created_at)),
    hasVersions ? texts.shownVersions : "",
    ...parts,
  ];
  return `${lines.filter((line) => line !== "").join("\n\n")}\n`;
}

/** Returns "[1] Title <https://…>". */
function describeSource(source: Source): string {
  const url = sourceUrl(source);
  const title = source.title.replaceAll("\n", " ");
  return `[${source.index}] ${title}${url === null ? "" : ` <${url.href}>`}`;
}

/** Returns the conversation with the turns of all its pages. Waits for the rate limit: large turns fill many pages. */
export async function readWholeConversation(
  id: string,
  options: {
    branches: "all" | undefined;
    signal: AbortSignal;
    onWait?: (untilMs: number) => void;
  },
): Promise<ConversationWithTurns> {
  const { branches, signal, onWait } = options;
  const readPage = (before: string | undefined) =>
    waitForRateLimit(() => getConversation(id, { before, branches, signal }), signal, onWait);
  const whole = await readPage(undefined);
  const { turns } = whole;
  let before = whole.earlier_cursor;
  while (before !== null) {
    const page = await readPage(before);
    turns.unshift(...page.turns);
    before = page.earlier_cursor;
  }
  return { ...whole, turns, earlier_cursor: null };
}
