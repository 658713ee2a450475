import type { ShownTurn } from "./conversation.ts";
import { demoModel } from "./demo-badge.tsx";
import styles from "./transcript.module.css";

const dollars = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
  maximumSignificantDigits: 2,
});
const count = new Intl.NumberFormat("en");

/** Who wrote the answer, and what it took. */
export function AnswerFacts({ turn: { model, usage, durationMs } }: { turn: ShownTurn }) {
  const facts = [
    model === demoModel ? "Demo model" : model,
    usage && `${count.format(usage.input_tokens + usage.output_tokens)} tokens`,
    durationMs !== null && `${(durationMs / 1_000).toFixed(1)} s`,
    usage?.cost_usd && dollars.format(usage.cost_usd),
  ].filter((fact) => typeof fact === "string");
  return facts.length > 0 && <p className={styles.facts}>{facts.join(" · ")}</p>;
}
