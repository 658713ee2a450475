import { shorten } from "#lib/platform/shorten.ts";
import type { SqlColumn, SqlSchema, SqlView } from "./schema.ts";

/** Every model call of every turn is sent this text: 6 KB are about 1,800 tokens. */
const maxBytes = 6 * 1024;

/**
 * Describes the views for the model within 6 KB. What does not fit is left out in this order: values, comments of columns,
 * columns, views. The text says what is missing.
 */
export function describeSchema(schema: SqlSchema): string {
  const forms: ((view: SqlView) => string)[] = [
    (view) => viewText(view, { values: true, comments: true }),
    (view) => viewText(view, { values: false, comments: true }),
    (view) => viewText(view, { values: false, comments: false }),
  ];
  const head = `Schema ${schema.name}. ${schema.comment ?? ""}`.trim();
  const notes = ["", " Examples of values are left out.", " Comments and values are left out."];
  for (const [index, form] of forms.entries()) {
    const text = [head + notes[index], ...schema.views.map(form)].join("\n");
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return cutDescription(head, schema.views);
}

/** As many views with their columns as fit, then the names of the others. */
function cutDescription(head: string, views: readonly SqlView[]): string {
  const lines = [shorten(head, 400)];
  let bytes = Buffer.byteLength(lines[0] ?? "") + 600;
  let shown = 0;
  for (const view of views) {
    const names = view.columns.map(({ name }) => name).join(", ");
    const line = `- ${view.name}(${shorten(names, 1_500)})`;
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) break;
    lines.push(line);
    shown += 1;
  }
  const others = views.slice(shown).map(({ name }) => name);
  lines.push(
    others.length === 0
      ? "This description is cut: types and comments are left out."
      : shorten(
          `This description is cut. ${others.length} more views, without their columns: ${others.join(", ")}`,
          500,
        ),
  );
  return lines.join("\n");
}

interface Detail {
  values: boolean;
  comments: boolean;
}

function viewText({ name, comment, columns }: SqlView, detail: Detail): string {
  const words = comment === undefined || !detail.comments ? "" : `: ${comment}`;
  return [`- ${name}${words}`, ...columns.map((column) => `  ${columnText(column, detail)}`)].join(
    "\n",
  );
}

function columnText({ name, type, comment, values }: SqlColumn, detail: Detail): string {
  const parts = [`${name} ${shortType(type)}`];
  if (detail.comments && comment !== undefined) parts.push(`: ${comment}`);
  if (detail.values && values) parts.push(` Values: ${values.join(", ")}.`);
  return parts.join("");
}

const shortType = (type: string): string =>
  type
    .replace("character varying", "varchar")
    .replace("timestamp with time zone", "timestamptz")
    .replace("timestamp without time zone", "timestamp")
    .replace("double precision", "float8");
