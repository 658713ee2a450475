import { Component, type ReactNode } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import styles from "./page-boundary.module.css";

/** A page that cannot be drawn says so, where else there would be nothing at all. */
export class PageBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { broken } = useTexts();
  return (
    <main className={styles.broken}>
      <p role="alert">{broken.words}</p>
      <button className={button.primary} type="button" onClick={() => location.reload()}>
        {broken.reload}
      </button>
    </main>
  );
}
