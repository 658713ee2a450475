import { sitePath } from "#local/documentation/link-target.ts";
import { bestPassage } from "./passage.ts";
import { readSections } from "./read-sections.ts";
import type { Section } from "./sections.ts";
import { queryWords, stemsOf } from "./words.ts";

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
const weights = { heading: 6, parents: 2, pageTitle: 3, text: 1 };
/** BM25's usual saturation and length normalisation. */
const saturation = 1.2;
const lengthShare = 0.6;
/** A word of the project for a word of the question counts less than the word itself. */
const synonymWeight = 0.5;
/** A section that has less of what the question asks about is no result: it would only share a common word. */
const leastShare = 0.3;

/** Reads README and `docs/`, about 400 KB, and indexes their sections by words, which takes about 0.1 s of processor time. */
export async function openDocumentationSearch(): Promise<DocumentationSearch> {
  const sections = (await readSections()).map(indexed);
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
      const words = queryWords(query);
      const asked = words.reduce((sum, { stem }) => sum + rarity(stem), 0);
      const stems = new Map<string, number>();
      for (const { synonyms } of words) {
        for (const other of synonyms) stems.set(other, synonymWeight * rarity(other));
      }
      for (const { stem } of words) stems.set(stem, rarity(stem));
      const scored = sections.flatMap((indexed) => {
        const has = (stem: string) => indexed.counts.has(stem);
        const found = words
          .filter(({ stem, synonyms }) => has(stem) || synonyms.some(has))
          .reduce((sum, { stem }) => sum + rarity(stem), 0);
        if (found === 0 || found < leastShare * asked) return [];
        return [{ section: indexed.section, score: scoreOf(indexed, stems) }];
      });
      return scored
        .sort((one, other) => other.score - one.score)
        .slice(0, maxResults)
        .map(({ section }) => shown(section, stems));
    },
  };

  function scoreOf({ counts, length }: IndexedSection, stems: ReadonlyMap<string, number>): number {
    const norm = saturation * (1 - lengthShare + lengthShare * (length / meanLength));
    let score = 0;
    for (const [stem, weight] of stems) {
      const count = counts.get(stem) ?? 0;
      score += (weight * count * (saturation + 1)) / (count + norm);
    }
    return score;
  }
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
