import type { ShownTurn } from "../conversation/conversation-state.ts";
import { shownAnswer } from "../conversation/outdated-answer.ts";
import { Markdown } from "../markdown/markdown.tsx";
import styles from "../transcript/transcript.module.css";
import { answerParts } from "./answer-parts.ts";
import { ToolSteps } from "./tool-steps.tsx";

/** The text and tool calls of an answer, in order of arrival. Dimmed while the content is outdated. */
export function AnswerBody({ turn }: { turn: ShownTurn }) {
  const { text, tools, isOutdated } = shownAnswer(turn);
  return (
    <div className={styles.body} data-outdated={isOutdated || undefined}>
      {answerParts(text, tools).map((part) =>
        part.kind === "text" ? (
          // Later text never changes the offset at which a part starts.
          <Markdown key={part.from} text={part.text} />
        ) : (
          <ToolSteps key={part.tools[0]?.id} tools={part.tools} />
        ),
      )}
    </div>
  );
}
