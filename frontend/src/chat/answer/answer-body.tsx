import type { ShownTurn } from "../conversation/conversation-state.ts";
import { shownAnswer } from "../conversation/outdated-answer.ts";
import { Markdown } from "../markdown/markdown.tsx";
import styles from "../transcript/transcript.module.css";
import { answerParts } from "./answer-parts.ts";
import { ToolSteps } from "./tool-steps.tsx";

/** The words of an answer and the tools it used, in the order in which they came. Dimmed while they are written anew. */
export function AnswerBody({ turn }: { turn: ShownTurn }) {
  const { text, tools, isOutdated } = shownAnswer(turn);
  return (
    <div className={styles.body} data-outdated={isOutdated || undefined}>
      {answerParts(text, tools).map((part) =>
        part.kind === "text" ? (
          // What comes later changes nothing at the place where a part begins.
          <Markdown key={part.from} text={part.text} />
        ) : (
          <ToolSteps key={part.tools[0]?.id} tools={part.tools} />
        ),
      )}
    </div>
  );
}
