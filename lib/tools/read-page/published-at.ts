import { type Element, isText } from "domhandler";

/** What pages call their date, in the order of trust. */
const metaNames = [
  ...["article:published_time", "og:article:published_time", "datepublished", "citation_date"],
  ...["citation_publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created"],
  ...["dc.date", "parsely-pub-date", "sailthru.date", "publish-date", "pubdate", "date"],
];
const longestJson = 200_000;

/** Returns when the page says it was published, in RFC 3339. */
export function publishedAt(elements: readonly Element[]): string | undefined {
  const metas = elements.filter(({ name }) => name === "meta");
  const stated = metaNames.map((wanted) =>
    metas.find(({ attribs }) =>
      [attribs.property, attribs.name, attribs.itemprop].some(
        (name) => name?.toLowerCase() === wanted,
      ),
    ),
  );
  const time = elements.find(
    ({ name, attribs }) =>
      name === "time" && (attribs.itemprop === "datePublished" || attribs.pubdate !== undefined),
  );
  return [
    ...stated.map((meta) => meta?.attribs.content),
    ...elements.map(dateInJson),
    time?.attribs.datetime,
  ]
    .map(timestampOf)
    .find((date) => date !== undefined);
}

/** Reads JSON-LD. */
function dateInJson({ name, attribs, children: [content] }: Element): string | undefined {
  if (name !== "script" || attribs.type?.trim().toLowerCase() !== "application/ld+json")
    return undefined;
  if (!content || !isText(content) || content.data.length > longestJson) return undefined;
  try {
    return datePublished(JSON.parse(content.data), 4);
  } catch {
    return undefined;
  }
}

function datePublished(value: unknown, levels: number): string | undefined {
  if (typeof value !== "object" || value === null || levels === 0) return undefined;
  if (Array.isArray(value)) {
    return value.map((item) => datePublished(item, levels - 1)).find((date) => date !== undefined);
  }
  const { datePublished: date, "@graph": graph } = value as Record<string, unknown>;
  return typeof date === "string" ? date : datePublished(graph, levels - 1);
}

/** Only a full date counts, because `Date` makes a date of almost anything. A time without a zone is read as UTC. */
function timestampOf(text: string | undefined): string | undefined {
  const parts =
    /^\s*(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$/i.exec(
      text ?? "",
    );
  if (!parts) return undefined;
  const [, year, month, day, time = "00:00", zone = "Z"] = parts;
  const withColon = zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const date = new Date(`${year}-${month}-${day}T${time}${withColon.toUpperCase()}`);
  return Number.isNaN(date.getTime()) || Number(year) < 1_990 ? undefined : date.toISOString();
}
