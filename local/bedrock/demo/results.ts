import type { ToolResult, ToolUse } from "#local/bedrock/converse-request.ts";

/**
 * Returns a tool's result as Markdown: one value in bold, rows as a table, notes as a list, pages as links, other results
 * unchanged.
 */
export function describeResult(use: ToolUse, result: ToolResult): string {
  const text = result.content
    .map((part) => ("text" in part ? withoutFrame(part.text) : JSON.stringify(part.json)))
    .join("\n");
  const outcome = describeOutcome(text);
  if (outcome !== undefined) return outcome;
  // The client library does not send `status`. So the beginning of the text also identifies an error.
  if (result.status === "error" || /^(?:error\b|the tool )/i.test(text)) {
    return `The tool ${use.name} could not help: ${text.replace(/^error:\s*/i, "")}`;
  }
  if (/^(?:save_note|send_webhook)$/.test(use.name)) return text;
  if (use.name === "recall_notes") return presentNotes(text);
  return present(parse(text), subjectOf(use.name));
}

/** Says in a person's words why a call did not run, or undefined if the call ran. */
function describeOutcome(text: string): string | undefined {
  const [, wrote] =
    /^The person refused this call\.(?:.*The person wrote: (.*))?/s.exec(text) ?? [];
  if (text.startsWith("The person refused this call.")) {
    return `You refused the call, so I did not make it.${wrote ? ` You wrote: ${wrote}` : ""}`;
  }
  if (text.startsWith("Nobody decided in time")) return text;
  return text.startsWith("It is unknown whether this call took effect")
    ? "It is unknown whether the call took effect. I will not make it again unless you ask."
    : undefined;
}

/** One line of JSON is one note. */
function presentNotes(text: string): string {
  const notes = text.split("\n").map(parse);
  if (!notes.every(isRecord)) return text;
  const lines = notes.map((note) => `- ${show(note.text)} (${show(note.saved)})`);
  return ["These are your notes:", "", ...lines].join("\n");
}

/** Removes the mark with which the agent begins each line of a tool's result. */
function withoutFrame(text: string): string {
  const lines = text.split("\n");
  const isFramed = lines.every((line) => line.startsWith("> "));
  return isFramed ? lines.map((line) => line.slice(2)).join("\n") : text;
}

function present(value: unknown, subject: string): string {
  if (typeof value === "string") {
    return value.includes("\n") ? `${subject}:\n\n${value}` : `${subject} is **${value}**.`;
  }
  if (typeof value !== "object" || value === null) return `${subject} is **${String(value)}**.`;
  if (Array.isArray(value)) return presentList(value, subject);
  const entries = Object.entries(value);
  const [only] = entries;
  const list = entries.find(([, inner]) => Array.isArray(inner));
  if (list && Array.isArray(list[1])) return presentList(list[1], subject);
  const main = entries.find(([key]) => /^(?:result|value|answer|time|now)$/i.test(key)) ?? only;
  if (main && (entries.length === 1 || typeof main[1] !== "object")) {
    const rest = entries.filter((entry) => entry !== main && typeof entry[1] !== "object");
    const details = rest.map(([key, inner]) => `${key}: ${String(inner)}`).join(", ");
    return `${subject} is **${show(main[1])}**${details ? ` (${details})` : ""}.`;
  }
  return [`${subject}:`, "", ...entries.map(([key, inner]) => `- ${key}: ${show(inner)}`)].join(
    "\n",
  );
}

function presentList(list: unknown[], subject: string): string {
  const rows = list.filter(isRecord);
  if (list.length === 0) return "The tool found nothing.";
  if (rows.length < list.length)
    return [`${subject}:`, "", ...list.map((item) => `- ${show(item)}`)].join("\n");
  if (rows.every((row) => typeof row.url === "string")) {
    const links = rows.map((row) => `- [${show(row.title ?? row.url)}](${show(row.url)})`);
    return ["This is what I found:", "", ...links].join("\n");
  }
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map((column) => show(row[column]).replaceAll("|", "\\|")))),
  ].join("\n");
}

function subjectOf(toolName: string): string {
  return /time|clock|date/i.test(toolName) ? "The time" : "The result";
}

function show(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // A double could lose digits of a long number.
    return typeof value === "number" ? text : value;
  } catch {
    // Most tools return plain text.
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
