import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { ContextSize } from "../conversation/context-size.ts";
import styles from "./context-meter.module.css";

/** The meter appears when the model gets this share of what it can get. */
const relevantShare = 1 / 3;

/** Shows how much of what the model can get this conversation fills. A press explains the figure. */
export function ContextMeter({
  size: { tokens, isAtLeast },
  maxTokens,
}: {
  size: ContextSize;
  maxTokens: number;
}) {
  const { context: texts } = useTexts();
  const share = Math.min(1, tokens / maxTokens);
  if (share < relevantShare) return null;
  const percent = Math.round(share * 100);
  const shown = isAtLeast ? texts.atLeast(percent) : texts.share(percent);
  return (
    <>
      <button
        className={styles.meter}
        type="button"
        popoverTarget="context"
        aria-label={texts.label(shown)}
        title={texts.label(shown)}
      >
        <svg className={styles.ring} viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="8" />
          <circle
            className={styles.filled}
            cx="10"
            cy="10"
            r="8"
            pathLength="100"
            strokeDasharray={`${percent} 100`}
          />
        </svg>
        <span aria-hidden="true">{shown}</span>
      </button>
      <div className={styles.details} id="context" popover="auto">
        <p>{texts.explanation(Math.round(tokens / 100) * 100, maxTokens)}</p>
        <p>{texts.whenFull}</p>
      </div>
    </>
  );
}
