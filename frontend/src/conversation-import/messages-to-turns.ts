import type { ImportedTurn } from "./imported-conversation.ts";

/** A message of another product's file. Those without a role and without a text only tie others together. */
export interface ImportedMessage {
  id: string;
  /** Null, or an id that no message has: it begins the conversation. */
  parentId: string | null;
  role: "user" | "assistant" | null;
  text: string;
  createdAt?: string | undefined;
}

/** A message and what has answered it so far. */
interface OpenTurn {
  message: string;
  texts: string[];
  createdAt: string | undefined;
  parent: number | undefined;
}

/**
 * Returns the turns of a tree of messages. A message with two answers becomes two turns with the same parent, as versions are.
 * An answer without a message before it answers the empty message "…".
 * @param shownId the last message of the branch that was shown; its turns come last
 */
export function messagesToTurns(
  messages: readonly ImportedMessage[],
  shownId?: string | null,
): ImportedTurn[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const children = Map.groupBy(messages, ({ parentId }) =>
    parentId !== null && byId.has(parentId) ? parentId : null,
  );
  const shown = branchOf(shownId ?? messages.at(-1)?.id, byId);
  const turns: ImportedTurn[] = [];
  // A stack of our own, because a conversation may be longer than the stack of calls.
  const waiting: { message: ImportedMessage; open: OpenTurn | null; parent?: number }[] = [];
  const visitLater = (of: string | null, open: OpenTurn | null, parent: number | undefined) => {
    const answers = children.get(of) ?? [];
    // The first that is put there is visited last.
    const inOrder = [...answers].sort((a, b) => Number(shown.has(a.id)) - Number(shown.has(b.id)));
    for (const message of inOrder.reverse()) {
      waiting.push({ message, open, ...(parent !== undefined && { parent }) });
    }
  };

  visitLater(null, null, undefined);
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { message, parent } = visit;
    const open = extend(visit.open, message, parent);
    const answers = children.get(message.id) ?? [];
    const isEnd = answers.length === 0 || answers.some(({ role }) => role === "user");
    if (open === null || !isEnd) {
      visitLater(message.id, open, parent);
      continue;
    }
    turns.push(toTurn(open));
    visitLater(message.id, null, turns.length - 1);
  }
  return turns;
}

/** Returns the ids from a message up to the start. */
function branchOf(
  lastId: string | undefined,
  byId: ReadonlyMap<string, ImportedMessage>,
): Set<string> {
  const branch = new Set<string>();
  let message = byId.get(lastId ?? "");
  while (message !== undefined && !branch.has(message.id)) {
    branch.add(message.id);
    message = byId.get(message.parentId ?? "");
  }
  return branch;
}

function extend(
  open: OpenTurn | null,
  { role, text, createdAt }: ImportedMessage,
  parent: number | undefined,
): OpenTurn | null {
  if (role === null || text.trim() === "") return open;
  if (role === "user") return { message: text, texts: [], createdAt, parent };
  const answered = open ?? { message: "…", texts: [], createdAt, parent };
  // A new object, because another branch goes on from the old one.
  return { ...answered, texts: [...answered.texts, text] };
}

const toTurn = ({ message, texts, createdAt, parent }: OpenTurn): ImportedTurn => ({
  message,
  text: texts.join("\n\n"),
  ...(createdAt !== undefined && { created_at: createdAt }),
  ...(parent !== undefined && { parent }),
});
