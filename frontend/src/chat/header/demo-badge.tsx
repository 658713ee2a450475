import type { ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./demo-badge.module.css";

export const demoModel = "demo-model";

/** Also true of its variants. */
export const isDemoModel = (model: string | null) => model?.startsWith(demoModel) === true;

/** Stays when a person has dismissed the banner. */
export function DemoBadge({ children }: { children: ReactNode }) {
  const { header } = useTexts();
  return (
    <p className={styles.badge}>
      {children}
      <span className={styles.where}>{header.demoPlace}</span>
    </p>
  );
}
