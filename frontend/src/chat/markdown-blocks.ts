const definition = /^ {0,3}\[[^\]]+\]:/m;
const listItem = /^(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const fenceLine = /^\s*(`{3,}|~{3,})(.*)/;

/**
 * An answer's Markdown cut where its parts can be drawn alone, so that a growing answer changes only its last part.
 * An answer with references stays whole: their definitions may stand anywhere in it.
 */
export function splitBlocks(text: string): string[] {
  if (definition.test(text)) return [text];
  const blocks: string[] = [];
  let block = "";
  let isAfterBlank = false;
  let fence = "";
  for (const line of text.split(/(?<=\n)/)) {
    const isBlank = line.trim() === "";
    if (fence === "" && isAfterBlank && !isBlank && !continues(block, line)) {
      blocks.push(block);
      block = "";
    }
    block += line;
    isAfterBlank = isBlank;
    fence = nextFence(fence, line);
  }
  return [...blocks, block].filter((each) => each.trim() !== "");
}

/** What is indented, and the next item of a list, belongs to what stands before the blank line. */
function continues(block: string, line: string): boolean {
  return /^\s/.test(line) || (listItem.test(block) && listItem.test(line));
}

/** The fence that is open after this line, "" for none: it is closed by a bare one that is at least as long. */
function nextFence(open: string, line: string): string {
  const [, mark = "", info = ""] = fenceLine.exec(line) ?? [];
  if (open === "") return mark.startsWith("`") && info.includes("`") ? "" : mark;
  return mark.startsWith(open) && info.trim() === "" ? "" : open;
}
