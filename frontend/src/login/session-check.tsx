import type { ApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { describeProblem } from "../ui/problem-texts.ts";
import { SlowHint } from "../ui/slow-hint.tsx";
import styles from "./login-page.module.css";

/** Shown during the first request. Stays empty unless the request takes long. */
export function CheckingSession() {
  return (
    <main className={styles.page}>
      <p role="status">
        <SlowHint />
      </p>
    </main>
  );
}

/** Shown if the page cannot find out whether this browser has a session. */
export function ServiceUnreachable({
  problem,
  onRetry,
}: {
  problem: ApiProblem;
  onRetry: () => void;
}) {
  const texts = useTexts();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <h1 className={styles.name}>{texts.product}</h1>
        <p className={styles.greeting} role="alert">
          {describeProblem(problem, texts)}
        </p>
        <button className={button.primary} type="button" onClick={onRetry}>
          {texts.tryAgain}
        </button>
      </div>
    </main>
  );
}
