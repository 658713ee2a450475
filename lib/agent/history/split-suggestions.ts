import { readSuggestions } from "./read-suggestions.ts";

/** The lines around the list of suggestions at the end of an answer. The system prompt names them. */
export const suggestionMarks = { opening: "<next>", closing: "</next>" } as const;

const { opening, closing } = suggestionMarks;

/** In UTF-16 units, from the opening mark. What is longer is no list, and the person waits for it. */
const maxHeldLength = 1_000;

/** Why the text ends: the answer is complete or was cut off, or a tool call or a thought follows. */
export type TextEnd = "complete" | "cut" | "call" | "thought";

export interface SuggestionSplitter {
  /** Returns the text that can be shown. */
  push(piece: string): string;
  /** Ends the text. Returns the rest of it, and the suggestions. */
  end(how: TextEnd): { text: string; suggestions: string[] };
}

/**
 * Splits a text that arrives in pieces into the text itself and the list of suggestions at its end. Where the text is cut into
 * pieces changes nothing. A list that is no end of an answer, because text follows or it never ends, is text like any other.
 */
export const createSuggestionSplitter = (): SuggestionSplitter => new Splitter();

/** Finds no list. */
export const noSuggestionSplitter: SuggestionSplitter = {
  push: (piece) => piece,
  end: () => ({ text: "", suggestions: [] }),
};

class Splitter {
  #state: "text" | "list" | "after list" = "text";
  /** Undecided: line breaks, half an opening mark, or a list with its marks. */
  #held = "";
  /** The line so far. */
  #line = "";
  /** The rest of this line is text, whatever it says. */
  #isPlainLine = false;
  /** What has opened the block of code around this line. */
  #fence = "";
  /** The list so far, without its marks. */
  #list = "";
  #hasText = false;

  push(piece: string): string {
    let shown = "";
    for (let index = 0; index < piece.length; index += 1) shown += this.#read(piece[index] ?? "");
    return shown;
  }

  end(how: TextEnd): { text: string; suggestions: string[] } {
    const suggestions = how === "complete" ? readSuggestions(this.#endedList()) : [];
    const text = this.#isListAt(how, suggestions) ? "" : this.#show(this.#held);
    this.#startText();
    return { text, suggestions };
  }

  /** The list at the end of the text. If it is not closed, its last line may be half a line. */
  #endedList(): string {
    // An answer that is nothing but a list has none: then the list is the answer.
    if (this.#state === "text" || !this.#hasText) return "";
    if (this.#state === "after list") return this.#list;
    return this.#list.slice(0, this.#list.lastIndexOf("\n") + 1);
  }

  /** Whether the text ends with a list that nobody is to read as text. */
  #isListAt(how: TextEnd, suggestions: readonly string[]): boolean {
    if (how === "thought" || (this.#state === "text" && !this.#isOpeningMark())) return false;
    if (how === "call") return true;
    return (
      this.#hasText && (how === "cut" || this.#state === "after list" || suggestions.length > 0)
    );
  }

  #startText(): void {
    this.#state = "text";
    this.#held = "";
    this.#line = "";
    this.#isPlainLine = false;
    this.#fence = "";
  }

  #read(unit: string): string {
    if (this.#state === "text") return this.#readText(unit);
    if (this.#state === "after list" && unit.trim() !== "") {
      return this.#release() + this.#readText(unit);
    }
    this.#held += unit;
    if (this.#state === "list") this.#readList(unit);
    return this.#held.length > maxHeldLength ? this.#release() : "";
  }

  #readText(unit: string): string {
    if (unit === "\n") {
      const opens = this.#isOpeningMark();
      if (!opens) this.#endLine();
      this.#line = "";
      this.#isPlainLine = false;
      this.#held += unit;
      if (opens) {
        this.#state = "list";
        this.#list = "";
        return "";
      }
      return this.#held.length > maxHeldLength ? this.#show(this.#held) : "";
    }
    this.#line += unit;
    if (this.#mayBecomeOpeningMark()) {
      this.#held += unit;
      return "";
    }
    this.#isPlainLine = true;
    return this.#show(this.#held + unit);
  }

  #readList(unit: string): void {
    this.#list += unit;
    if (!this.#list.endsWith(closing)) return;
    this.#list = this.#list.slice(0, -closing.length);
    this.#state = "after list";
  }

  /** What is held is text. */
  #release(): string {
    this.#state = "text";
    const lines = this.#held.split("\n");
    for (const line of lines.slice(0, -1)) {
      this.#line = line;
      this.#endLine();
    }
    this.#line = lines.at(-1) ?? "";
    this.#isPlainLine = this.#line !== "";
    return this.#show(this.#held);
  }

  #show(text: string): string {
    this.#held = "";
    this.#hasText ||= text.trim() !== "";
    return text;
  }

  #isOpeningMark(): boolean {
    return this.#mayBecomeOpeningMark() && this.#line.startsWith(opening);
  }

  #mayBecomeOpeningMark(): boolean {
    if (this.#isPlainLine || this.#fence !== "") return false;
    return opening.startsWith(this.#line) || this.#line.trimEnd() === opening;
  }

  /** Notes whether this line opens or closes a block of code. */
  #endLine(): void {
    const [, mark = "", info = ""] = /^[\s>]*(`{3,}|~{3,})(.*)$/su.exec(this.#line) ?? [];
    if (mark === "") return;
    if (this.#fence === "") {
      if (mark.startsWith("~") || !info.includes("`")) this.#fence = mark;
    } else if (mark.startsWith(this.#fence) && info.trim() === "") this.#fence = "";
  }
}
