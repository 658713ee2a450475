import { sitePath } from "#local/documentation/link-target.ts";
import { documentPaths, readDocument } from "#local/documentation/read-document.ts";
import { bestPassage } from "./passage.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { queryStems, stemsOf } from "./words.ts";

export interface FoundSection {
  /** The section's heading and its page, and whose documentation it is. */
  title: string;
  /** Path and anchor on the documentation site. */
  location: string;
  /** At most 600 characters. */
  text: string;
}

export interface DocumentationSearch {
  /** Returns the sections that say most about the question, best first. */
  search(query: string, maxResults: number): FoundSection[];
}

interface IndexedSection {
  section: Section;
  /** How often each stem occurs, where a heading counts more than a text. */
  counts: Map<string, number>;
  length: number;
}

/** How much a stem in a heading counts, against once in the text. */
const weights = { heading: 6, parents: 2, pageTitle: 4, text: 1 };
/** BM25's usual saturation and length normalisation. */
const saturation = 1.2;
const lengthShare = 0.6;

/** Reads README and `docs/`, about 200 KB, and indexes their sections by words. Takes about half a second. */
export function createDocumentationSearch(): DocumentationSearch {
  const sections = documentPaths().map(readDocument).flatMap(sectionsOf).map(indexed);
  const meanLength = sections.reduce((sum, { length }) => sum + length, 0) / sections.length;
  const occurrences = new Map<string, number>();
  for (const { counts } of sections) {
    for (const stem of counts.keys()) occurrences.set(stem, (occurrences.get(stem) ?? 0) + 1);
  }
  /** BM25's inverse document frequency: a rare word says more. */
  const rarity = (stem: string) => {
    const found = occurrences.get(stem) ?? 0;
    return Math.log(1 + (sections.length - found + 0.5) / (found + 0.5));
  };

  return {
    search(query, maxResults) {
      const stems = new Map(
        [...queryStems(query)].map(([stem, weight]) => [stem, weight * rarity(stem)]),
      );
      const scored = sections.flatMap(({ section, counts, length }) => {
        const norm = saturation * (1 - lengthShare + lengthShare * (length / meanLength));
        let score = 0;
        for (const [stem, weight] of stems) {
          const count = counts.get(stem) ?? 0;
          score += (weight * count * (saturation + 1)) / (count + norm);
        }
        return score > 0 ? [{ section, score }] : [];
      });
      return scored
        .sort((one, other) => other.score - one.score)
        .slice(0, maxResults)
        .map(({ section }) => shown(section, stems));
    },
  };
}

function indexed(section: Section): IndexedSection {
  const counts = new Map<string, number>();
  const add = (text: string, weight: number) => {
    for (const stem of stemsOf(text)) counts.set(stem, (counts.get(stem) ?? 0) + weight);
  };
  const text = section.blocks.join(" ");
  add(text, weights.text);
  add(section.heading, weights.heading);
  add(section.parents.join(" "), weights.parents);
  add(section.pageTitle, weights.pageTitle);
  return { section, counts, length: stemsOf(text).length };
}

function shown(section: Section, stems: ReadonlyMap<string, number>): FoundSection {
  const { heading, pageTitle, path, anchor, blocks } = section;
  const name = heading === "" ? pageTitle : `${heading} · ${pageTitle}`;
  return {
    title: `${name} (documentation of this project)`,
    location: `${sitePath(path)}${anchor === "" ? "" : `#${encodeURIComponent(anchor)}`}`,
    text: bestPassage(blocks, stems),
  };
}
