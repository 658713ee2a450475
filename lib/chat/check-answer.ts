import type { ToolCall } from "#lib/contract/chat.ts";
import type { Citation, UnsourcedNumber } from "#lib/contract/citation.ts";
import type { Source } from "#lib/contract/source.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import type { Database } from "#lib/platform/postgres.ts";

/** An answer before it is stored, and all that its turn has read. */
export interface FinishedAnswer {
  text: string;
  message: string;
  tools: readonly ToolCall[];
  sources: readonly Source[];
  passages: ReadonlyMap<number, ReceivedPassage>;
}

export interface CheckedAnswer {
  citations?: Citation[];
  unsourcedNumbers?: UnsourcedNumber[];
}

export type CheckAnswer = (answer: FinishedAnswer) => Promise<CheckedAnswer>;

interface AnswerCheckOptions {
  database: Pick<Database, "query">;
  /** Whether numbers without a source are marked. */
  isNumberCheckOn: boolean;
}

/**
 * Returns the check of an answer: its quotations, if the turn has read documents, and its numbers, if it has read anything.
 * The code is loaded with the first answer that needs it, so that an ordinary turn never waits for it.
 */
export function createAnswerCheck({ database, isNumberCheckOn }: AnswerCheckOptions): CheckAnswer {
  return async (answer) => {
    const readsDocuments = answer.sources.some(({ chunk_id }) => chunk_id !== undefined);
    const checksNumbers = isNumberCheckOn && (readsDocuments || answer.tools.some(hasRead));
    if (!readsDocuments && !checksNumbers) return {};
    const { checkCitations, readMissingPassages, unsourcedNumbers } = await import(
      "#lib/documents/citations/citations.ts"
    );
    const { text, sources } = answer;
    const passages = readsDocuments
      ? await readMissingPassages(database, sources, answer.passages)
      : undefined;
    return {
      ...(passages && { citations: checkCitations(text, sources, passages) }),
      ...(checksNumbers && { unsourcedNumbers: unsourcedNumbers(text, textsOf(answer)) }),
    };
  };
}

const hasRead = ({ state, effect }: ToolCall) => state === "done" && effect === "external_read";

/** What the model knew in this turn, apart from its history. */
function textsOf({ message, tools, passages }: FinishedAnswer): string[] {
  return [
    message,
    ...[...passages.values()].map(({ text }) => text),
    ...tools.flatMap(({ input, output, table }) => [
      JSON.stringify(input ?? ""),
      output ?? "",
      JSON.stringify(table ?? ""),
    ]),
  ];
}
