import { useEffect, useState } from "react";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { getLiveness } from "#frontend/api/client.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./demo-badge.module.css";

export const demoModel = "demo-model";

/** Shown if the service runs the demo model. */
export function DemoBadge() {
  const { header } = useTexts();
  const [isDemo, setIsDemo] = useState(false);

  useEffect(() => {
    getLiveness().then(
      ({ model }) => setIsDemo(model === demoModel),
      (error: unknown) => {
        // No badge without a response. The chat reports the same problem itself.
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
