import { withoutCode } from "./markdown-code.ts";

export type SplitPiece =
  | { type: "text"; text: string }
  /** `isFirst`: a new thought starts with this piece. */
  | { type: "reasoning"; text: string; isFirst: boolean }
  /** All text so far was a thought, which is repeated here. No reasoning came before. */
  | { type: "text_was_thought"; text: string };

export interface ThoughtSplitter {
  push(piece: string): SplitPiece[];
  /** Ends the text and returns what is still held. */
  end(): SplitPiece[];
}

interface SplitOptions {
  /** A closing tag without an opening tag ends a thought, too. Only the start of a model's answer may be such a thought. */
  mayLackOpening?: boolean;
}

const opening = /^<think(?:ing)?\s*>/i;
const openingAnywhere = /<think(?:ing)?\s*>/i;
const closing = /<\/think(?:ing)?\s*>/i;
const mayBecomeOpening = mayBecome(["<think", "<thinking"]);
const mayBecomeClosing = mayBecome(["</think", "</thinking"]);

/** A thought without an opening tag is at most this long, in UTF-16 units: about 1,000 tokens, which is one answer. */
const maxUnopenedLength = 4_000;

/**
 * Splits a text that arrives in pieces into the thoughts at its front and the text itself. Amazon Nova 1 with tools and
 * Qwen through Ollama write their reasoning as `<thinking>…</thinking>` or `<think>…</think>`. A tag may be cut between
 * two pieces.
 *
 * A tag after the first word belongs to the text. White space around thoughts is dropped. A thought without a closing tag
 * is a thought to the end.
 *
 * Some chat templates write the opening tag themselves, so that the model sends only `</think>`. With `mayLackOpening`
 * the first closing tag turns all text before it into a thought, unless the tag is Markdown code, closes an opening tag
 * of the text, or is far from the front.
 */
export function createThoughtSplitter(options: SplitOptions = {}): ThoughtSplitter {
  const splitter = new Splitter(options.mayLackOpening ?? false);
  return { push: (piece) => splitter.push(piece), end: () => splitter.end() };
}

/** Returns a stored text without the thoughts at its front. An earlier version stored thoughts as text. */
export function withoutThoughts(text: string): string {
  if (!opening.test(text.trimStart())) return text;
  const { push, end } = createThoughtSplitter();
  const pieces = [...push(text), ...end()];
  return pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
}

class Splitter {
  #state: "front" | "thought" | "text" = "front";
  /** Undecided: white space, or the start of a tag. */
  #held = "";
  #hasThoughtText = false;
  #mayLackOpening: boolean;
  /** The text that was returned so far, while it may still turn out to be a thought. */
  #returned = "";

  constructor(mayLackOpening: boolean) {
    this.#mayLackOpening = mayLackOpening;
  }

  push(piece: string): SplitPiece[] {
    this.#held += piece;
    const pieces: SplitPiece[] = [];
    for (let next = this.#next(); next; next = this.#next()) {
      if (next.text !== "") pieces.push(next);
    }
    return pieces;
  }

  end(): SplitPiece[] {
    const rest = this.#state === "thought" ? undefined : this.#takeText(this.#held.length);
    return rest ? [rest] : [];
  }

  /** Returns the next piece, or undefined if the held text is too short to decide. */
  #next(): SplitPiece | undefined {
    if (this.#state === "front") return this.#nextInFront();
    return this.#state === "thought" ? this.#nextInThought() : this.#nextInText();
  }

  #nextInFront(): SplitPiece | undefined {
    this.#held = this.#held.trimStart();
    const tag = this.#held.match(opening)?.[0];
    if (tag !== undefined) {
      this.#drop(tag.length);
      this.#state = "thought";
      this.#hasThoughtText = false;
      this.#mayLackOpening = false;
      return { type: "reasoning", text: "", isFirst: true };
    }
    if (this.#held === "" || mayBecomeOpening(this.#held)) return undefined;
    this.#state = "text";
    return this.#nextInText();
  }

  #nextInThought(): SplitPiece | undefined {
    if (!this.#hasThoughtText) this.#held = this.#held.trimStart();
    const tag = this.#held.match(closing);
    const isFirst = !this.#hasThoughtText;
    if (tag?.index !== undefined) {
      const text = this.#held.slice(0, tag.index).trimEnd();
      this.#drop(tag.index + tag[0].length);
      this.#state = "front";
      return { type: "reasoning", text, isFirst };
    }
    const text = this.#held.slice(0, startOfClosing(this.#held)).trimEnd();
    if (text === "") return undefined;
    this.#drop(text.length);
    this.#hasThoughtText = true;
    return { type: "reasoning", text, isFirst };
  }

  #nextInText(): SplitPiece | undefined {
    if (!this.#mayLackOpening) return this.#takeText(this.#held.length);
    const tag = this.#held.match(closing);
    if (tag?.index === undefined) return this.#takeText(startOfClosing(this.#held));
    const before = this.#returned + this.#held.slice(0, tag.index);
    const { prose, endsInCode } = withoutCode(before);
    if (endsInCode) return this.#takeText(tag.index + tag[0].length);
    this.#mayLackOpening = false;
    if (before.length > maxUnopenedLength || openingAnywhere.test(prose)) {
      return this.#takeText(this.#held.length);
    }
    this.#drop(tag.index + tag[0].length);
    this.#state = "front";
    const text = before.trimEnd();
    return this.#returned === ""
      ? { type: "reasoning", text, isFirst: true }
      : { type: "text_was_thought", text };
  }

  #takeText(length: number): SplitPiece | undefined {
    const text = this.#held.slice(0, length);
    this.#drop(length);
    if (this.#mayLackOpening) this.#returned += text;
    if (this.#returned.length > maxUnopenedLength) this.#mayLackOpening = false;
    return text === "" ? undefined : { type: "text", text };
  }

  #drop(length: number): void {
    this.#held = this.#held.slice(length);
  }
}

/** Returns where a closing tag may start, or the length of the text. */
function startOfClosing(text: string): number {
  const start = text.lastIndexOf("<");
  return start >= 0 && mayBecomeClosing(text.slice(start)) ? start : text.length;
}

/** Returns a predicate for texts that could become one of the tags. Only white space may precede the `>`. */
function mayBecome(tags: string[]) {
  return (text: string): boolean => {
    const written = text.trimEnd().toLowerCase();
    return tags.some((tag) =>
      written === text.toLowerCase() ? tag.startsWith(written) : tag === written,
    );
  };
}
