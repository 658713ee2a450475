import { useMemo } from "react";
import { LateSourceCards } from "#frontend/sources/late-source-cards.tsx";
import { LateTableResult } from "#frontend/tables/late-table-result.tsx";
import { toolName } from "#frontend/texts/tool-names.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { ToolCall } from "#lib/contract/chat.ts";
import { isOpen, isParked } from "../conversation/conversation-selectors.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import { shownAnswer } from "../conversation/outdated-answer.ts";
import { SourcesContext } from "../markdown/cited-text.tsx";
import { Markdown } from "../markdown/markdown.tsx";
import styles from "../transcript/transcript.module.css";
import type { TurnActions } from "../transcript/turn-actions.ts";
import { answerParts } from "./answer-parts.ts";
import { LateApprovals } from "./late-approvals.tsx";
import { ToolSteps } from "./tool-steps.tsx";

type AnswerBodyProps = Pick<TurnActions, "onDecide" | "onLastDecided"> & { turn: ShownTurn };

/** The text and tool calls of an answer, in order of arrival. Dimmed while the content is outdated. */
export function AnswerBody(props: AnswerBodyProps) {
  const { text, tools, sources, isOutdated } = shownAnswer(props.turn);
  return (
    <div className={styles.body} data-answer="" data-outdated={isOutdated || undefined}>
      <SourcesContext value={sources}>
        {answerParts(text, tools).map((part) =>
          part.kind === "text" ? (
            // Later text never changes the offset at which a part starts.
            <Words key={part.from} {...part} turn={props.turn} />
          ) : (
            <Tools key={part.tools[0]?.id} tools={part.tools} {...props} />
          ),
        )}
      </SourcesContext>
      {sources.length > 0 && <LateSourceCards sources={sources} />}
    </div>
  );
}

/** The words of one part, with what their check has found. While the answer grows, nothing is marked. */
function Words({ from, text, turn }: { from: number; text: string; turn: ShownTurn }) {
  const { citations, unsourced_numbers } = turn;
  const isChecked = !isOpen(turn) && Boolean(citations ?? unsourced_numbers);
  const checked = useMemo(
    () => (isChecked ? { citations, unsourced_numbers, from } : null),
    [isChecked, citations, unsourced_numbers, from],
  );
  return <Markdown text={text} checked={checked} />;
}

/** The calls of one part: steps, their tables, and cards for the calls that a person decides about. */
function Tools({ turn, tools, onDecide, onLastDecided }: AnswerBodyProps & { tools: ToolCall[] }) {
  const { names } = useTexts().tools;
  const asked = isParked(turn) ? tools.filter(isAsked) : [];
  return (
    <>
      <ToolSteps tools={tools.filter((tool) => !asked.includes(tool))} isTurnOpen={isOpen(turn)} />
      {tools.map(
        ({ id, name, input, table, repeats }) =>
          // The table of a repeated call is the same.
          table !== undefined &&
          repeats === undefined && (
            <LateTableResult
              key={id}
              table={table}
              input={input}
              toolName={toolName(name, names)}
            />
          ),
      )}
      {asked.length > 0 && (
        <LateApprovals
          calls={asked}
          onDecide={(call, decision, note) => onDecide({ turnId: turn.id, call, decision, note })}
          onLastDecided={onLastDecided}
        />
      )}
    </>
  );
}

const isAsked = ({ state, approval }: ToolCall) => state === "waiting" && approval !== undefined;
