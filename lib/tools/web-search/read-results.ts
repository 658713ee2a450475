import { isJsonObject } from "#lib/platform/json.ts";
import { withoutUnseen } from "#lib/platform/unseen-characters.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";
import type { FoundPage } from "./search-web.ts";

interface Fields {
  text: string;
  publishedAt: string;
}

/**
 * Returns the results in a response's body: its list `results`, whose entries have `title`, `url` and two fields of a name of
 * their own. Entries without an address of the web, or without a text, are left out.
 * @throws ToolRefusal if the body has no such list
 */
export function readResults(name: string, body: unknown, fields: Fields): FoundPage[] {
  const results = isJsonObject(body) ? body.results : undefined;
  if (!Array.isArray(results)) {
    throw new ToolRefusal(`${name} sent an answer that cannot be read. Nothing was found.`);
  }
  return results.flatMap((result: unknown) => {
    if (!isJsonObject(result)) return [];
    const url = webAddress(result.url);
    const text = textOf(result[fields.text]);
    const title = textOf(result.title);
    if (result.url !== undefined && url === undefined) return [];
    if (text === "" && title === "") return [];
    return [{ title, url, text, publishedAt: timeOf(result[fields.publishedAt]) }];
  });
}

/** Returns an http or https address, without a name and password, which could look like a host. */
function webAddress(value: unknown): string | undefined {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return undefined;
  url.username = "";
  url.password = "";
  return url.href;
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? withoutUnseen(value.toWellFormed()).replace(/\s+/g, " ").trim() : "";

/** Returns a time in RFC 3339. A search sends texts of many forms, or seconds since 1970. */
function timeOf(value: unknown): string | null {
  const time =
    typeof value === "number" ? value * 1_000 : typeof value === "string" ? Date.parse(value) : NaN;
  return time > 0 && time < latestTimeMs ? new Date(time).toISOString() : null;
}

/** The year 2100. Nothing was published after it, and `toISOString` throws for far later times. */
const latestTimeMs = 4_102_444_800_000;
