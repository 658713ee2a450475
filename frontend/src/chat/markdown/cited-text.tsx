import { type ComponentProps, createContext, Fragment, type ReactNode, use } from "react";
import { linkAttributes, sourceLink } from "#frontend/sources/source-link.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { Source } from "#lib/contract/source.ts";
import { citedPieces } from "./citations.ts";
import { DefinedLink, IsInLink } from "./links.tsx";
import styles from "./markdown.module.css";
import { TextLines } from "./text-lines.tsx";

/** The sources that the answer may cite. */
export const SourcesContext = createContext<readonly Source[]>([]);

/** A text whose `[1]` leads to the first source. Without such a source, or within a link, `[1]` stays text. */
export function CitedText({ text }: { text: string }): ReactNode {
  const find = useSource();
  return citedPieces(text, (index) => find(index) !== undefined).map((piece, index) => {
    const source = piece.source === undefined ? undefined : find(piece.source);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
      <Fragment key={index}>
        {source === undefined ? (
          <TextLines text={piece.text} />
        ) : (
          <Citation source={source} text={piece.text} />
        )}
      </Fragment>
    );
  });
}

/** A link `[1]` whose address the answer defines. The source with this number comes first: an answer must not redirect it. */
export function DefinedCitation(props: ComponentProps<typeof DefinedLink>): ReactNode {
  const { identifier, text } = props;
  const source = useSource()(Number(identifier));
  if (source === undefined || text !== identifier) return <DefinedLink {...props} />;
  return <Citation source={source} text={`[${text}]`} />;
}

/** Returns a function that finds the source with a number, if the text may link to it. */
function useSource(): (index: number) => Source | undefined {
  const isInLink = use(IsInLink);
  const sources = use(SourcesContext);
  return (index) =>
    isInLink
      ? undefined
      : sources.find((source) => source.index === index && sourceLink(source) !== null);
}

function Citation({ source, text }: { source: Source; text: string }) {
  const { markdown: texts } = useTexts();
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: its address makes it a link
    <a
      className={styles.citation}
      {...linkAttributes(sourceLink(source) ?? "")}
      aria-label={texts.source(source.index, source.title)}
      title={source.title}
    >
      {text}
    </a>
  );
}
