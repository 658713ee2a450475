import type { ApiProblem } from "../api/api-problem.ts";
import button from "../ui/button.module.css";
import { explain } from "../ui/kind-words.ts";
import styles from "./login-page.module.css";

/** Instead of the login, while nobody can tell whether this browser is signed in. */
export function Unreachable({ problem, onRetry }: { problem: ApiProblem; onRetry: () => void }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <h1 className={styles.name}>Enterprise Agentic AI</h1>
        <p className={styles.greeting} role="alert">
          {explain(problem)}
        </p>
        <button className={button.primary} type="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    </main>
  );
}
