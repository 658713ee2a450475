import { ReadAloud, type ReadAloudProps } from "./read-aloud.tsx";

/** The buttons of an answer that has ended. */
export function AnswerTools(props: ReadAloudProps) {
  return <ReadAloud {...props} />;
}
