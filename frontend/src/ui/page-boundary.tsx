import type { ReactNode } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import { FaultBoundary } from "./fault-boundary.tsx";
import styles from "./page-boundary.module.css";

/** Shows a message if the page fails to render. Without it the page would be blank. */
export function PageBoundary({ children }: { children: ReactNode }) {
  return (
    <FaultBoundary what="the page" instead={<Broken />}>
      {children}
    </FaultBoundary>
  );
}

function Broken() {
  const { crash } = useTexts();
  return (
    <main className={styles.broken}>
      <p role="alert">{crash.message}</p>
      <button className={button.primary} type="button" onClick={() => location.reload()}>
        {crash.reload}
      </button>
    </main>
  );
}
