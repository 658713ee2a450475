import type { Trace, TraceAttempt, TraceSpan, TraceWait } from "#lib/contract/trace.ts";
import { toolName } from "../texts/tool-names.ts";
import type { TraceTexts } from "../texts/trace-english.ts";
import { wordFor } from "../texts/word-for.ts";

/** One line of the waterfall. Times are in milliseconds since the message was sent. */
export interface Step {
  kind: TraceSpan["kind"] | TraceWait["kind"] | "lost";
  name: string;
  details: string[];
  startMs: number;
  /** Null while the step lasts. */
  durationMs: number | null;
  /** From the start of a request to a model to its first token. */
  firstTokenMs?: number | undefined;
  isFailed: boolean;
}

/** The steps of one attempt, or one wait between attempts. */
export interface Lane {
  attempt: TraceAttempt | undefined;
  steps: Step[];
}

interface Words {
  texts: TraceTexts;
  toolNames: Record<string, string>;
  toolStates: Record<string, string>;
  demoModel: string;
  duration: (ms: number) => string;
  dollars: (usd: number) => string;
}

/** Returns the attempts and the waits between them, in the order of time. */
export function lanesOf({ attempts, waits }: Trace, words: Words): Lane[] {
  const lanes: Lane[] = [
    ...waits.map((wait) => ({ attempt: undefined, steps: [waitStep(wait, words)] })),
    ...attempts.map((attempt) => ({ attempt, steps: stepsOf(attempt, words) })),
  ];
  return lanes.toSorted((one, other) => startOf(one) - startOf(other));
}

const startOf = ({ attempt, steps }: Lane) => attempt?.start_ms ?? steps[0]?.startMs ?? 0;

const waitStep = ({ kind, start_ms, duration_ms }: TraceWait, { texts }: Words): Step => ({
  ...{ kind, name: texts.waits[kind], details: [], isFailed: false },
  ...{ startMs: start_ms, durationMs: duration_ms },
});

/** An attempt that has stored nothing is one step. */
function stepsOf(attempt: TraceAttempt, words: Words): Step[] {
  const { spans, start_ms, duration_ms, outcome } = attempt;
  if (spans.length > 0) return spans.map((span) => stepOf(span, words));
  const isLost = outcome === "lost";
  const name = isLost ? words.texts.lost : words.texts.outcomes[outcome];
  const step = { name, details: [], isFailed: isLost };
  return [
    { kind: isLost ? "lost" : "merged", ...step, startMs: start_ms, durationMs: duration_ms },
  ];
}

function stepOf(span: TraceSpan, words: Words): Step {
  const { texts } = words;
  const step = { startMs: span.start_ms, durationMs: span.duration_ms };
  switch (span.kind) {
    case "model":
      return {
        ...{ kind: span.kind, ...step, details: modelDetails(span, words) },
        name: span.model === "demo-model" ? words.demoModel : span.model,
        firstTokenMs: span.first_token_ms ?? undefined,
        isFailed: span.error !== undefined,
      };
    case "tool": {
      const isFailed = span.state === "failed" || span.state === "unknown";
      const details = span.state === "done" ? [] : [wordFor(words.toolStates, span.state) ?? ""];
      return {
        kind: span.kind,
        ...step,
        name: toolName(span.name, words.toolNames),
        details,
        isFailed,
      };
    }
    case "merged":
      return {
        kind: span.kind,
        ...step,
        name: texts.merged(span.count),
        details: [],
        isFailed: false,
      };
    default:
      return {
        kind: span.kind,
        ...step,
        name: texts.steps[span.kind],
        details: [],
        isFailed: false,
      };
  }
}

function modelDetails(
  { first_token_ms, usage, error, is_fallback }: Extract<TraceSpan, { kind: "model" }>,
  { texts, duration, dollars }: Words,
): string[] {
  const details: string[] = [];
  if (error !== undefined) details.push(wordFor(texts.errors, error) ?? texts.failed);
  if (is_fallback) details.push(texts.fallback);
  if (first_token_ms !== null) details.push(texts.firstToken(duration(first_token_ms)));
  if (usage?.input_tokens != null && usage.output_tokens !== null) {
    const cached = usage.cache_read_tokens ?? 0;
    const read = usage.input_tokens + cached + (usage.cache_write_tokens ?? 0);
    details.push(texts.tokens(read, cached, usage.output_tokens));
  }
  if (usage?.cost_usd) details.push(dollars(usage.cost_usd));
  return details;
}
