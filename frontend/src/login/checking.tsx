import { SlowHint } from "../ui/slow-hint.tsx";
import styles from "./login-page.module.css";

/** Nothing, as a rule: only a long wait is worth a word. */
export function Checking() {
  return (
    <main className={styles.page}>
      <p role="status">
        <SlowHint />
      </p>
    </main>
  );
}
