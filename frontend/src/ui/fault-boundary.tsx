import { Component, type ReactNode } from "react";

interface Props {
  /** Names the part in the report. */
  what: string;
  /** Takes the place of what cannot be drawn. */
  instead: ReactNode;
  /** A change gives the drawing another chance. */
  version?: string;
  children: ReactNode;
}

/**
 * Keeps a fault of one part of the page from taking the rest with it. The fault is never silent: the browser reports it like
 * any uncaught error, at which every browser test fails, and in development it breaks the page.
 */
export class FaultBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown) {
    reportError(
      new Error(`The page could not draw ${this.props.what}. ${String(error)}`, { cause: error }),
    );
    if (import.meta.env.DEV) throw error;
  }

  override componentDidUpdate({ version }: Props) {
    if (this.state.hasFailed && version !== this.props.version) this.setState({ hasFailed: false });
  }

  override render() {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
