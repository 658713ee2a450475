const fenceAtStart = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const indentedLine = /^(?: {4}|\t)/;
const paragraphBreak = /\n[ \t]*\n/;
const codeSpan = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;

/**
 * Removes the code of a Markdown text (CommonMark 0.31: fenced blocks, indented blocks, code spans).
 * Returns the rest, and whether the text ends within code. An unclosed backtick counts as code.
 */
export function withoutCode(text: string): { prose: string; endsInCode: boolean } {
  const lines: string[] = [];
  let fence: string | undefined;
  let isIndentedCode = false;
  for (const line of text.split("\n")) {
    const mark = line.match(fenceAtStart)?.[1];
    const isInFence = fence !== undefined;
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence)) fence = undefined;
    isIndentedCode = indentedLine.test(line) && lines.at(-1)?.trim() === "";
    const isCode = isInFence || fence !== undefined || isIndentedCode;
    lines.push(isCode ? "" : line);
  }
  const paragraphs = lines
    .join("\n")
    .split(paragraphBreak)
    .map((paragraph) => paragraph.replaceAll(codeSpan, ""));
  const hasOpenSpan = paragraphs.at(-1)?.includes("`") === true;
  return {
    prose: paragraphs.join("\n\n"),
    endsInCode: fence !== undefined || isIndentedCode || hasOpenSpan,
  };
}
