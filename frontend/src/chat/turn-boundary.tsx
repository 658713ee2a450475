import { Component, type ReactNode } from "react";
import styles from "./transcript.module.css";

interface Props {
  text: string;
  children: ReactNode;
}

/** An answer that cannot be drawn is shown as the plain text it came as, and takes nothing else with it. */
export class TurnBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <p className={styles.plainText} dir="auto">
        {this.props.text}
      </p>
    );
  }
}
