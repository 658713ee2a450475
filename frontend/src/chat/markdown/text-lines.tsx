import { Fragment, type ReactNode } from "react";

/** Keeps the line breaks of a paragraph: models write poems and addresses with them. */
export function TextLines({ text }: { text: string }): ReactNode {
  if (!text.includes("\n")) return text;
  return text.split("\n").map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>
      {index > 0 && <br />}
      {line}
    </Fragment>
  ));
}
