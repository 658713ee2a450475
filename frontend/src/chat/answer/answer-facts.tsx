import type { ReactNode } from "react";
import type { Texts } from "#frontend/texts/english.ts";
import { type Formats, useFormats } from "#frontend/texts/use-formats.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { Usage } from "#lib/contract/chat.ts";
import { countRestarts } from "../conversation/conversation-selectors.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import { demoModel, isDemoModel } from "../header/demo-badge.tsx";
import styles from "./answer-facts.module.css";
import { LateTurnTrace } from "./late-turn-trace.tsx";

/** The time of the message; unfolded also model, tokens, cost and duration. The demo model is always named. */
export function AnswerFacts({ turn }: { turn: ShownTurn }) {
  const { facts: texts } = useTexts();
  const formats = useFormats();
  const { id, status, model, usage, summaryUsage, titleUsage, durationMs } = turn;
  const callFact = (used: Usage | null) =>
    used && [tokenFact(used, texts), costFact(used, texts, formats)].join(" · ");
  const restarts = countRestarts(turn);
  const at = turn.createdAt === null ? null : new Date(turn.createdAt);
  return (
    <details className={styles.facts}>
      <summary>
        {isDemoModel(model) && `${texts.demoModel} · `}
        {at === null ? texts.about : <time dateTime={at.toISOString()}>{formats.time(at)}</time>}
        {at !== null && <span className="spoken"> {texts.about}</span>}
      </summary>
      <dl className={styles.table}>
        <Fact name={texts.time}>{at && formats.exactTime(at)}</Fact>
        <Fact name={texts.model}>{model === demoModel ? texts.demoModel : model}</Fact>
        <Fact name={texts.tokens}>{usage && tokenFact(usage, texts)}</Fact>
        <Fact name={texts.cost}>{usage && costFact(usage, texts, formats)}</Fact>
        <Fact name={texts.summary}>{callFact(summaryUsage)}</Fact>
        <Fact name={texts.writtenTitle}>{callFact(titleUsage)}</Fact>
        <Fact name={texts.duration}>{durationMs !== null && formats.duration(durationMs)}</Fact>
        <Fact name={texts.id}>{status === "failed" && id}</Fact>
        <Fact name={texts.attempts}>{restarts > 0 && texts.attemptCount(restarts + 1)}</Fact>
      </dl>
      <LateTurnTrace turnId={turn.id} />
    </details>
  );
}

function tokenFact(usage: Usage, texts: Texts["facts"]): string {
  const { input_tokens, cache_read_tokens, cache_write_tokens, output_tokens } = usage;
  if (input_tokens === null || output_tokens === null) return texts.unknown;
  const cached = cache_read_tokens ?? 0;
  const read = input_tokens + cached + (cache_write_tokens ?? 0);
  return texts.tokenCount(read, cached, output_tokens);
}

function costFact({ cost_usd }: Usage, texts: Texts["facts"], formats: Formats): string {
  if (cost_usd === null) return texts.unknown;
  return cost_usd === 0 ? texts.free : formats.dollars(cost_usd);
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
