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

/**
 * Returns what a model embeds of each chunk, by the chunks' keys: with its headings, because a chunk often does not repeat what it
 * is about.
 */
export const embeddedTexts = ({ documents }: Pick<Collection, "documents">): Map<string, string> =>
  new Map(
    documents.flatMap((document) =>
      document.chunks.map(({ text, headingPath }, ordinal) => [
        chunkKey(document, ordinal),
        [...new Set([document.title, ...headingPath]), text].join("\n"),
      ]),
    ),
  );

export const questionTexts = ({ questions }: Pick<Collection, "questions">): Map<string, string> =>
  new Map(questions.map(({ text }) => [text, text]));
