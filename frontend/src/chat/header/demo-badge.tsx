import { useEffect, useState } from "react";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { getLiveness } from "#frontend/api/client.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./demo-badge.module.css";

export const demoModel = "demo-model";

/** Says so where a demo model answers instead of a real one. */
export function DemoBadge() {
  const { header } = useTexts();
  const [isDemo, setIsDemo] = useState(false);

  useEffect(() => {
    getLiveness().then(
      ({ model }) => setIsDemo(model === demoModel),
      (error: unknown) => {
        // Without an answer there is no badge; whatever is broken, the chat itself will say it.
        if (!(error instanceof ApiProblem)) throw error;
      },
    );
  }, []);

  if (!isDemo) return null;
  return (
    <p className={styles.badge}>
      {header.demoModel}
      <span className={styles.where}>{header.demoPlace}</span>
    </p>
  );
}
