export type SplitPiece =
  | { type: "text"; text: string }
  /** `isFirst`: of this thought. */
  | { type: "reasoning"; text: string; isFirst: boolean };

export interface ThoughtSplitter {
  push(piece: string): SplitPiece[];
  /** The model says no more of this text. */
  end(): SplitPiece[];
}

const opening = /^<think(?:ing)?\s*>/i;
const closing = /<\/think(?:ing)?\s*>/i;
const isOpeningSoFar = isBeginningOf(["<think", "<thinking"]);
const isClosingSoFar = isBeginningOf(["</think", "</thinking"]);

/**
 * Separates the thoughts in front of a text from the text. Amazon Nova 1 with tools and Qwen through Ollama
 * write their reasoning as `<thinking>…</thinking>` or `<think>…</think>`, cut anywhere between two pieces.
 * Only the front counts: behind its first word a tag is something that the text is about.
 * White space around the thoughts vanishes. A thought that nothing closes stays a thought.
 */
export function createThoughtSplitter(): ThoughtSplitter {
  let state: "front" | "thought" | "text" = "front";
  /** Not decided yet: white space, or the beginning of a tag. */
  let held = "";
  let thoughtHasBegun = false;

  /** Takes one step with what is held; undefined when more has to come first. */
  function step(): SplitPiece | undefined {
    if (state === "text") return takeText();
    return state === "front" ? stepInFront() : stepInThought();
  }

  function stepInFront(): SplitPiece | undefined {
    held = held.trimStart();
    const tag = held.match(opening)?.[0];
    if (tag !== undefined) {
      held = held.slice(tag.length);
      state = "thought";
      thoughtHasBegun = false;
      return { type: "reasoning", text: "", isFirst: true };
    }
    if (held === "" || isOpeningSoFar(held)) return undefined;
    state = "text";
    return takeText();
  }

  function stepInThought(): SplitPiece | undefined {
    if (!thoughtHasBegun) held = held.trimStart();
    const end = held.match(closing);
    if (end?.index !== undefined) {
      const text = held.slice(0, end.index).trimEnd();
      held = held.slice(end.index + end[0].length);
      state = "front";
      return { type: "reasoning", text, isFirst: !thoughtHasBegun };
    }
    const text = held.slice(0, startOfClosing(held)).trimEnd();
    if (text === "") return undefined;
    const isFirst = !thoughtHasBegun;
    held = held.slice(text.length);
    thoughtHasBegun = true;
    return { type: "reasoning", text, isFirst };
  }

  function takeText(): SplitPiece | undefined {
    const text = held;
    held = "";
    return text === "" ? undefined : { type: "text", text };
  }

  return {
    push(piece) {
      held += piece;
      const pieces: SplitPiece[] = [];
      for (let next = step(); next; next = step()) if (next.text !== "") pieces.push(next);
      return pieces;
    },
    end() {
      const rest = state === "thought" ? undefined : takeText();
      return rest ? [rest] : [];
    },
  };
}

/** The thoughts in front of a text that was stored before they were told apart are left out. */
export function withoutThoughts(text: string): string {
  if (!opening.test(text.trimStart())) return text;
  const { push, end } = createThoughtSplitter();
  const said = [...push(text), ...end()];
  return said.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** Where a closing tag may be about to begin; the length of the text when there is none. */
function startOfClosing(text: string): number {
  const start = text.lastIndexOf("<");
  return start >= 0 && isClosingSoFar(text.slice(start)) ? start : text.length;
}

/** Whether a text could grow into one of the tags; all that may stand before their `>` is white space. */
function isBeginningOf(tags: string[]) {
  return (text: string): boolean => {
    const written = text.trimEnd().toLowerCase();
    return tags.some((tag) =>
      written === text.toLowerCase() ? tag.startsWith(written) : tag === written,
    );
  };
}
