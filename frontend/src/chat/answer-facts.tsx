import type { ReactNode } from "react";
import { useFormats } from "../texts/use-formats.ts";
import { useTexts } from "../texts/use-texts.tsx";
import styles from "./answer-facts.module.css";
import type { ShownTurn } from "./conversation.ts";
import { demoModel } from "./demo-badge.tsx";

/** When the answer was asked for, and on demand who wrote it and what it took. A demo model is named without being asked. */
export function AnswerFacts({ turn }: { turn: ShownTurn }) {
  const { facts: texts } = useTexts();
  const formats = useFormats();
  const { model, usage, durationMs, attempt } = turn;
  const at = turn.createdAt === null ? null : new Date(turn.createdAt);
  return (
    <details className={styles.facts}>
      <summary>
        {model === demoModel && `${texts.demo} · `}
        {at === null ? texts.about : <time dateTime={at.toISOString()}>{formats.time(at)}</time>}
        {at !== null && <span className="spoken"> {texts.about}</span>}
      </summary>
      <dl className={styles.table}>
        <Fact name={texts.time}>{at && formats.exactTime(at)}</Fact>
        <Fact name={texts.model}>{model === demoModel ? texts.demo : model}</Fact>
        <Fact name={texts.tokens}>
          {usage && texts.tokenCount(usage.input_tokens, usage.output_tokens)}
        </Fact>
        <Fact name={texts.cost}>{usage?.cost_usd && formats.dollars(usage.cost_usd)}</Fact>
        <Fact name={texts.duration}>{durationMs !== null && formats.duration(durationMs)}</Fact>
        <Fact name={texts.attempts}>{attempt > 1 && texts.attemptCount(attempt)}</Fact>
      </dl>
    </details>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
