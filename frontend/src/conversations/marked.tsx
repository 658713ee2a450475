import type { ReactNode } from "react";
import type { Mark } from "#lib/contract/conversation.ts";

/** A text in which what was searched for is marked. */
export function Marked({ text, marks }: { text: string; marks: Mark[] }): ReactNode {
  return [
    ...marks.flatMap(({ start, end }, index) => [
      text.slice(marks[index - 1]?.end ?? 0, start),
      <mark key={start}>{text.slice(start, end)}</mark>,
    ]),
    text.slice(marks.at(-1)?.end ?? 0),
  ];
}
