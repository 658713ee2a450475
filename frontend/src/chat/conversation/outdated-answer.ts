import type { AnswerContent, AnswerLength, ShownTurn } from "./conversation-state.ts";

// When an answer starts again (a cut connection, a take-over by another runner), the new content is shorter than the content
// on the page at first. The page shows the old content, dimmed, until the new content is at least as long.

/** Returns the content to show: the outdated content while the new content is shorter, else the new content. */
export function shownAnswer({
  text,
  tools,
  sources,
  outdated,
}: ShownTurn): AnswerContent & { isOutdated: boolean } {
  const current = { text, tools, sources };
  const isOutdated = outdated !== null && isShorter(current, outdated);
  return { ...(isOutdated ? outdated : current), isOutdated };
}

/** Returns the longest content that the turn has shown, null if it has shown nothing: the `outdated` of the next start. */
export function longestContent(turn: ShownTurn): AnswerContent | null {
  const { text, tools, sources, outdated } = turn;
  const current = { text, tools, sources };
  const longest = outdated !== null && isShorter(current, outdated) ? outdated : current;
  return isShorter({ text: "", tools: [] }, longest) ? longest : null;
}

/** Returns the turn without its outdated content if the new content is at least as long. */
export function dropOutdated(turn: ShownTurn): ShownTurn {
  return shownAnswer(turn).isOutdated ? turn : { ...turn, outdated: null };
}

function isShorter(one: AnswerLength, other: AnswerLength): boolean {
  if (other.text !== "") return one.text.length < other.text.length;
  return one.text === "" && one.tools.length < other.tools.length;
}
