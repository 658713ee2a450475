/** Documents and questions with known answers. */
export interface Collection {
  name: string;
  documents: CollectionDocument[];
  questions: Question[];
}

export interface CollectionDocument {
  title: string;
  name: string;
  language: string;
  chunks: { text: string; headingPath: string[] }[];
}

export interface Question {
  text: string;
  language: string;
  /** How well a chunk answers: from 1 up, by the chunk's key. Other chunks do not answer. */
  grades: Map<string, number>;
}

/** Identifies a chunk within its collection. */
export const chunkKey = (document: CollectionDocument, ordinal: number): string =>
  `${document.name}#${ordinal}`;

/** What a model embeds of a chunk: with its headings, because a chunk often does not repeat what it is about. */
export const embeddedText = (
  document: CollectionDocument,
  { text, headingPath }: CollectionDocument["chunks"][number],
): string => [...new Set([document.title, ...headingPath]), text].join("\n");
