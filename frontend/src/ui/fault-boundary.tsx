import { Component, type ReactNode } from "react";

interface Props {
  /** The name of the part in the error report. */
  what: string;
  /** Shown instead of a part that fails to render. */
  instead: ReactNode;
  /** A change renders the part again. */
  version?: string;
  children: ReactNode;
}

/**
 * Contains a fault in one part of the page. The fault is never silent: the boundary reports it as an uncaught error, which
 * fails every browser test. In development the fault breaks the page.
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
