import { withoutUnseen } from "#lib/platform/unseen-characters.ts";

/** One paragraph, heading, list item, table row or piece of code. */
export interface Block {
  text: string;
  /** A list item or table row stands below the one before it without an empty line. */
  isTight: boolean;
}

/** What stands before the lines of a block: `first` before the first line, `rest` before the others. */
interface Prefix {
  first: string;
  rest: string;
}

/** In UTF-16 units. Deeper levels would make a hostile page many times as long. */
const maxIndentation = 24;

/** How much text may still be written, in UTF-16 units. Below zero the text is full. */
export interface TextRoom {
  left: number;
}

/** Collects text as blocks of Markdown, with white space as a browser shows it. */
export class BlockWriter {
  readonly blocks: Block[] = [];
  readonly room: TextRoom;
  /** The current block in pieces: a page may have a block of a hundred thousand of them. */
  #pieces: string[] = [];
  #endsWithSpace = true;
  #prefixes: Prefix[] = [];
  #tightDepth = 0;
  #isAfterTight = false;
  #link: { address: string; start: number } | undefined;

  constructor(room: TextRoom) {
    this.room = room;
  }

  /** Nothing more is written. */
  get isFull(): boolean {
    return this.room.left < 0;
  }

  /** Adds inline text. White space of any length is one space. */
  text(text: string): void {
    const shown = withoutUnseen(text).replace(/\s+/g, " ");
    const added = this.#endsWithSpace ? shown.trimStart() : shown;
    if (added === "" || this.isFull) return;
    this.room.left -= added.length;
    this.#pieces.push(added);
    this.#endsWithSpace = added.endsWith(" ");
  }

  lineBreak(): void {
    this.room.left -= 1;
    this.#pieces.push("\n");
    this.#endsWithSpace = true;
  }

  /** Links what `write` writes. Of a link over several blocks only the first is linked. */
  link(address: string, write: () => void): void {
    if (this.#link) {
      write();
      return;
    }
    this.#link = { address, start: this.#pieces.length };
    write();
    this.#endLink();
    this.#link = undefined;
  }

  /** Ends the block. */
  endBlock(): void {
    this.#endLink();
    const text = this.#pieces.join("").replaceAll(" \n", "\n").trim();
    this.#pieces = [];
    this.#endsWithSpace = true;
    if (text !== "") this.#add(text);
  }

  /** Adds a block of text that another writer has written. */
  written(text: string): void {
    this.endBlock();
    this.room.left -= text.length;
    this.#add(text);
  }

  /** Adds a block whose white space stays. */
  preformatted(text: string): void {
    this.endBlock();
    const kept = withoutUnseen(text)
      .replace(/\r\n?/g, "\n")
      .replaceAll("\u00A0", " ")
      .replace(/^\n+/, "")
      .trimEnd();
    if (kept === "") return;
    const longest = [...kept.matchAll(/`{3,}/g)].reduce(
      (most, [run]) => Math.max(most, run.length),
      2,
    );
    const fence = "`".repeat(longest + 1);
    this.room.left -= kept.length;
    this.#add(`${fence}\n${kept}\n${fence}`);
  }

  /** Puts a prefix before the blocks that `write` writes. */
  indented(prefix: Prefix, write: () => void): void {
    this.endBlock();
    const isShown = this.#indentation.length + prefix.rest.length <= maxIndentation;
    if (isShown) this.#prefixes.push({ ...prefix });
    write();
    this.endBlock();
    if (isShown) this.#prefixes.pop();
  }

  /** Lets the blocks that `write` writes stand below each other without empty lines. */
  tight(write: () => void): void {
    this.endBlock();
    if (this.#tightDepth === 0) this.#isAfterTight = false;
    this.#tightDepth += 1;
    write();
    this.endBlock();
    this.#tightDepth -= 1;
  }

  #add(text: string): void {
    const start = this.#prefixes.map(({ first }) => first).join("");
    for (const prefix of this.#prefixes) prefix.first = prefix.rest;
    const indented = start + text.replaceAll("\n", `\n${this.#indentation}`);
    this.room.left -= indented.length - text.length;
    const isInside = this.#tightDepth > 0;
    this.blocks.push({ text: indented, isTight: isInside && this.#isAfterTight });
    this.#isAfterTight = isInside;
  }

  get #indentation(): string {
    return this.#prefixes.map(({ rest }) => rest).join("");
  }

  /** Turns what was written since the link's start into the link. */
  #endLink(): void {
    if (!this.#link) return;
    const { address, start } = this.#link;
    const written = this.#pieces.slice(start).join("");
    const label = written.trim().replace(/\s+/g, " ");
    if (address !== "" && label !== "") {
      const link = label === address ? label : `[${label}](${address})`;
      this.room.left -= address.length;
      const isSpaced = written.startsWith(" ");
      this.#pieces.splice(
        start,
        Infinity,
        `${isSpaced ? " " : ""}${link}${written.endsWith(" ") ? " " : ""}`,
      );
      this.#link.address = "";
    }
    // The block ends here, or the link.
    this.#link.start = 0;
  }
}
