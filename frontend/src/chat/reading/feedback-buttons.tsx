import { useId, useRef, useState } from "react";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import button from "#frontend/ui/button.module.css";
import { type Feedback, maxReasonLength } from "#lib/contract/feedback.ts";
import { giveFeedback } from "./give-feedback.ts";
import styles from "./reading-tools.module.css";
import { ToolButton } from "./tool-button.tsx";

const icons = { up: "thumbsUp", down: "thumbsDown" } as const;

/** Two buttons that judge an answer, and a field for the reason. A press on the chosen button takes the judgement back. */
export function FeedbackButtons({
  turnId,
  stored,
}: {
  turnId: string;
  stored: Feedback | undefined;
}) {
  const { feedback: texts } = useReadingTexts();
  const { feedback, hasFailed, isAsking, isStored, give } = useFeedback(turnId, stored);
  return (
    <>
      {(["up", "down"] as const).map((value) => (
        <ToolButton
          key={value}
          icon={icons[value]}
          label={texts[value]}
          aria-pressed={feedback?.value === value}
          onClick={() => give(feedback?.value === value ? null : { value })}
        />
      ))}
      {hasFailed && <p role="alert">{texts.notSaved}</p>}
      {isAsking && feedback !== null && (
        <Reason
          key={feedback.value}
          value={feedback.value}
          onSend={(reason) => give({ value: feedback.value, reason })}
        />
      )}
      <span role="status">{isStored && feedback?.reason !== undefined && texts.saved}</span>
    </>
  );
}

/** Shows each judgement at once, and takes it back if the service does not store it. Only a stored one is worth thanks. */
function useFeedback(turnId: string, stored: Feedback | undefined) {
  const [feedback, setFeedback] = useState(stored ?? null);
  const [hasFailed, setHasFailed] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const [isStored, setIsStored] = useState(true);
  const confirmed = useRef(feedback);
  const requests = useRef({ count: 0, last: Promise.resolve() });

  const give = (next: Feedback | null) => {
    setFeedback(next);
    setHasFailed(false);
    setIsAsking(next !== null && next.reason === undefined);
    setIsStored(false);
    requests.current.count += 1;
    const number = requests.current.count;
    const store = async () => {
      try {
        confirmed.current = await giveFeedback(turnId, next ?? { value: null });
        if (number === requests.current.count) setIsStored(true);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        // A later press decides what the buttons show.
        if (number !== requests.current.count) return;
        setFeedback(confirmed.current);
        setHasFailed(true);
        setIsAsking(false);
      }
    };
    // One after another, so that the last press wins.
    requests.current.last = requests.current.last.then(store);
  };
  return { feedback, hasFailed, isAsking, isStored, give };
}

function Reason({ value, onSend }: { value: Feedback["value"]; onSend: (reason: string) => void }) {
  const { feedback: texts } = useReadingTexts();
  const id = useId();
  const [reason, setReason] = useState("");
  return (
    <form
      className={styles.reason}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") onSend(reason.trim());
      }}
    >
      <label htmlFor={id}>{texts.reason[value]}</label>
      <textarea
        id={id}
        rows={2}
        value={reason}
        maxLength={maxReasonLength}
        dir="auto"
        onChange={({ target }) => setReason(target.value)}
      />
      <button className={button.quiet} type="submit">
        {texts.send}
      </button>
    </form>
  );
}
