import * as v from "valibot";
import { Timestamp } from "#lib/contract/identifier.ts";
import { maxSources, type NewSource, type Source } from "#lib/contract/source.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { withoutUnseen } from "#lib/platform/unseen-characters.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";

const maxTitleLength = 300;
const maxUrlLength = 2_000;
const maxLabelLength = 100;
const maxQuoteLength = 600;

/** The sources of one turn, by their numbers. */
export interface SourceList {
  /**
   * Numbers a source. What is the same source gets the same number.
   * @throws ToolRefusal if the turn has as many sources as it may have
   */
  number(source: NewSource): Source;
  /** Returns those that no person has seen yet, and from now on counts them as seen. */
  show(sources: readonly Source[]): Source[];
}

/** @param earlier the sources that a person has seen already, if this list continues a turn */
export function createSourceList(earlier: readonly Source[]): SourceList {
  const known = new Map(earlier.map((source) => [keyOf(source), source]));
  const shown = new Set(earlier);
  let last = Math.max(0, ...earlier.map(({ index }) => index));

  return {
    number(source) {
      const bounded = boundSource(source);
      const key = keyOf(bounded);
      const same = known.get(key);
      if (same) return same;
      if (known.size >= maxSources) throw new ToolRefusal(tooManySources);
      last += 1;
      const numbered = { index: last, ...bounded };
      known.set(key, numbered);
      return numbered;
    },

    show(sources) {
      const unseen = [...new Set(sources)].filter((source) => !shown.has(source));
      for (const source of unseen) shown.add(source);
      return unseen;
    },
  };
}

const tooManySources = `one turn may have at most ${maxSources} sources. Answer with what you have.`;

/** An address is one source. So is a chunk of a document, which a search and a page of the document may both return. */
const keyOf = ({ url, chunk_id, title, quote }: NewSource): string =>
  url ?? (chunk_id === undefined ? JSON.stringify([title, quote]) : `chunk ${chunk_id}`);

/** Returns a source that can be stored and shown. What a source says about itself comes from outside. */
function boundSource({
  title,
  url,
  quote,
  published_at,
  part_label,
  ...place
}: NewSource): NewSource {
  const address = url === undefined ? undefined : publicAddress(url);
  const name = oneLine(title, maxTitleLength);
  const time = published_at ? timestampOf(published_at) : undefined;
  return {
    title: name === "" ? (address ?? "(no title)").slice(0, maxTitleLength) : name,
    ...(address !== undefined && { url: address }),
    ...place,
    ...(part_label !== undefined && { part_label: oneLine(part_label, maxLabelLength) }),
    quote: cut(shownText(quote).trim(), maxQuoteLength),
    ...(time !== undefined && { published_at: time }),
  };
}

/** Returns an address that a person may follow: http or https, without a name and password, which could look like a host. */
function publicAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return undefined;
  url.username = "";
  url.password = "";
  return url.href.length <= maxUrlLength ? url.href : undefined;
}

/** Returns undefined for what is no time, and for a year that RFC 3339 cannot write: no turn that holds it could be read again. */
function timestampOf(text: string): string | undefined {
  const time = new Date(text);
  const written = Number.isNaN(time.getTime()) ? undefined : time.toISOString();
  return v.is(Timestamp, written) ? written : undefined;
}

const oneLine = (text: string, maxLength: number): string =>
  cut(shownText(text).replace(/\s+/g, " ").trim(), maxLength);

const shownText = (text: string): string => withoutUnseen(storableText(text));

/** Cuts between characters. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const start = text.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(start) ? start.slice(0, -1) : start}…`;
}
