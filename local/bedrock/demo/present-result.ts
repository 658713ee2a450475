import { isJsonObject, parseJson } from "#lib/platform/json.ts";
import { type Language, sayIn } from "./language.ts";

/** Returns a tool's result as Markdown: rows as a table, fields as a list, any other text unchanged. */
export function presentResult(text: string, language: Language): string {
  const value = parseJson(text);
  if (Array.isArray(value) && value.length === 0) {
    return sayIn(language)("The tool found nothing.", "Das Werkzeug fand nichts.");
  }
  if (Array.isArray(value)) return presentList(value);
  if (!isJsonObject(value)) return text;
  const lines = Object.entries(value).map(([name, inner]) =>
    Array.isArray(inner) && inner.some(isJsonObject)
      ? `${name}:\n\n${presentList(inner)}\n`
      : `- ${name}: **${show(inner)}**`,
  );
  return lines.join("\n").trim();
}

function presentList(list: unknown[]): string {
  const rows = list.filter(isJsonObject);
  if (rows.length < list.length) return list.map((item) => `- ${show(item)}`).join("\n");
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map((column) => show(row[column]).replaceAll("|", "\\|")))),
  ].join("\n");
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(", ");
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
