import type { ApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { describeProblem } from "../ui/problem-texts.ts";
import styles from "./login-page.module.css";

/** Instead of the login, while nobody can tell whether this browser is signed in. */
export function Unreachable({ problem, onRetry }: { problem: ApiProblem; onRetry: () => void }) {
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
