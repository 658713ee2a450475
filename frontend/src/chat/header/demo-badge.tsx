import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./demo-badge.module.css";

export const demoModel = "demo-model";

/** Stays when a person has dismissed the banner. */
export function DemoBadge() {
  const { header } = useTexts();
  return (
    <p className={styles.badge}>
      {header.demoModel}
      <span className={styles.where}>{header.demoPlace}</span>
    </p>
  );
}
