import type { Source } from "#lib/contract/source.ts";

/** Returns the address of a source if the page may link to it: http and https only. The address is another system's text. */
export function sourceUrl({ url }: Pick<Source, "url">): URL | null {
  const parsed = URL.parse(url ?? "");
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed : null;
}
