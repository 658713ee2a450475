import type { Feedback } from "#lib/contract/feedback.ts";
import { FeedbackButtons } from "./feedback-buttons.tsx";
import { ReadAloud, type ReadAloudProps } from "./read-aloud.tsx";

/** The buttons of an answer that has ended. */
export function AnswerTools({
  feedback,
  ...props
}: ReadAloudProps & { feedback: Feedback | undefined }) {
  return (
    <>
      <ReadAloud {...props} />
      <FeedbackButtons turnId={props.id} stored={feedback} />
    </>
  );
}
