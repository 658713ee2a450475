import type { DocumentCatalogue } from "#lib/documents/document-catalogue.ts";
import type { PassageSearch } from "#lib/documents/search/search-passages.ts";
import { type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import { shortLine, writePassages } from "./write-passages.ts";

/** What the tools do. Each method returns a text for the model. */
export interface Library {
  search(
    input: { question: string; documentId?: string | undefined },
    context: ToolContext,
  ): Promise<string>;
  read(
    input: { documentId: string; part: number; from: number },
    context: ToolContext,
  ): Promise<string>;
  list(input: { words?: string | undefined }, context: ToolContext): Promise<string>;
}

const maxPassages = 6;
/** A line has at most 500 bytes, and the model reads 8 KB. */
const maxListed = 40;
const maxTitle = 150;

interface LibraryParts {
  search: PassageSearch;
  catalogue: DocumentCatalogue;
}

export const createLibrary = ({ search, catalogue }: LibraryParts): Library => ({
  async search({ question, documentId }, context) {
    const { owner, conversationId, signal } = context;
    const passages = await search.search({
      ...{ owner, conversationId, signal, question, documentId },
      limit: maxPassages,
    });
    const written = writePassages(passages, context);
    return written.count > 0 ? written.text : nothingFound;
  },

  async read({ documentId, part, from }, context) {
    const { owner, conversationId } = context;
    const found = await catalogue.readPart({
      ...{ owner, conversationId, documentId, part, from },
      limit: maxPassages,
    });
    if (!found)
      throw new ToolRefusal(
        "there is no document with this id. list_documents names those that there are.",
      );
    if (found.total === 0)
      throw new ToolRefusal(
        `the document has no text in part ${part}. It has ${counted(found.parts, "part")}.`,
      );
    if (found.passages.length === 0)
      throw new ToolRefusal(`part ${part} has only ${counted(found.total, "passage")}.`);
    const { text, count } = writePassages(found.passages, context);
    const last = from + count - 1;
    const where = `Part ${part} of ${found.parts}, passages ${from} to ${last} of ${found.total}.`;
    return `${where}${nextStep({ ...found, part, last })}\n\n${text}`;
  },

  async list({ words }, { owner, conversationId }) {
    const { documents, total } = await catalogue.list({
      ...{ owner, conversationId, words, limit: maxListed },
    });
    if (total === 0) {
      return words?.trim()
        ? "No document has these words in its name or title."
        : "There are no documents.";
    }
    const lines = documents.map(({ id, title, name, parts, scope, conversation_id, ready_at }) =>
      JSON.stringify({
        ...{
          document_id: id,
          title: shortLine(title, maxTitle),
          ...(title !== name && { file: shortLine(name, maxTitle) }),
        },
        ...{ parts, of: conversation_id ? "this conversation" : ownerOf[scope], added: ready_at },
      }),
    );
    const shown = linesThatFit(lines);
    const rest = total - shown.length;
    return [
      ...shown,
      ...(rest > 0 ? [`${rest} more. Name words of the title to find them.`] : []),
    ].join("\n");
  },
});

const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? "" : "s"}`;

const ownerOf = { site: "everyone", own: "the person" };

const nothingFound =
  "No passage of the documents fits the question. Search once more with other words. If that finds nothing either, say that the documents do not hold the answer.";

function nextStep({
  part,
  parts,
  last,
  total,
}: {
  part: number;
  parts: number;
  last: number;
  total: number;
}): string {
  if (last < total) return ` Call again with from ${last + 1} for the next.`;
  return part < parts ? ` Call again with part ${part + 1} for the next part.` : "";
}

const maxListBytes = 7_000;

function linesThatFit(lines: readonly string[]): string[] {
  let room = maxListBytes;
  return lines.filter((line) => {
    room -= Buffer.byteLength(line) + 1;
    return room >= 0;
  });
}
