import { useId, useState } from "react";
import { chooseLocale } from "#frontend/texts/locale.ts";
import { useResultTexts } from "#frontend/texts/use-result-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { useMediaQuery } from "#frontend/ui/use-media-query.ts";
import type { Source } from "#lib/contract/source.ts";
import { describeAge } from "./age.ts";
import styles from "./source-cards.module.css";
import { linkAttributes, sourceLink } from "./source-link.ts";
import { sourceUrl } from "./source-url.ts";

/** So few sources are shown with what they say. */
const mostUnfolded = 2;

/** The sources of an answer: one row of small cards, which unfolds to all sources with what they say. */
export function SourceCards({ sources }: { sources: Source[] }) {
  const texts = useResultTexts();
  const [isUnfolded, setIsUnfolded] = useState(false);
  const rowLength = useMediaQuery("(max-width: 30rem)") ? 2 : 4;
  const id = useId();
  const isShort = sources.length <= mostUnfolded;
  const isFolded = !isShort && !isUnfolded;
  const more = sources.length > rowLength ? texts.showSources(sources.length) : texts.showDetails;
  return (
    <div className={styles.sources} data-folded={isFolded || undefined}>
      <p className={styles.title} id={`${id}-title`}>
        {texts.sources}
      </p>
      <ol className={styles.cards} id={id} aria-labelledby={`${id}-title`}>
        {sources.map((source, position) => (
          <Card
            key={source.index}
            source={source}
            isHidden={isFolded && position >= rowLength}
            hasQuote={!isFolded}
          />
        ))}
      </ol>
      {!isShort && (
        <button
          className={`${button.plain} ${styles.fold}`}
          type="button"
          aria-expanded={isUnfolded}
          aria-controls={id}
          onClick={() => setIsUnfolded(!isUnfolded)}
        >
          {isFolded ? more : texts.showLess}
        </button>
      )}
    </div>
  );
}

/** Returns "Page 4"; null for a section without a name: its number is ours, and the document may number its own sections. */
function describePart(
  { part, part_kind: kind, part_label: label }: Source,
  texts: ReturnType<typeof useResultTexts>,
): string | null {
  if (label !== undefined) return label;
  if (part === undefined || kind === undefined || kind === "section") return null;
  return texts.part[kind](part);
}

function Card({
  source,
  isHidden,
  hasQuote,
}: {
  source: Source;
  isHidden: boolean;
  hasQuote: boolean;
}) {
  const { language } = useTexts();
  const texts = useResultTexts();
  const { index, title, quote, published_at } = source;
  const url = sourceUrl(source);
  const href = sourceLink(source);
  const partName = describePart(source, texts);
  const locale = chooseLocale(language, navigator.languages);
  const age = published_at ? describeAge(published_at, Date.now(), locale) : null;
  const name = (
    <>
      <span className={styles.number}>{index}</span>
      <span className={styles.name} dir="auto">
        {title || url?.host}
      </span>
    </>
  );
  return (
    <li className={styles.card} value={index} data-hidden={isHidden || undefined}>
      {href === null ? (
        <p className={styles.link}>{name}</p>
      ) : (
        <a className={styles.link} {...linkAttributes(href)} title={title}>
          {name}
        </a>
      )}
      <p className={styles.origin}>
        {source.document_id !== undefined && partName !== null && (
          <span dir="auto">{partName}</span>
        )}
        {url !== null && <span dir="ltr">{url.host.replace(/^www\./, "")}</span>}
        {age !== null && (
          <time dateTime={published_at ?? undefined} title={age.date}>
            {age.words}
          </time>
        )}
      </p>
      {hasQuote && quote !== "" && (
        <p className={styles.quote} dir="auto">
          {quote}
        </p>
      )}
    </li>
  );
}
