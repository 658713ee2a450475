import { type ComponentType, lazy, type ReactNode, Suspense } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import { FaultBoundary } from "./fault-boundary.tsx";
import styles from "./late-part.module.css";

interface LatePartProps {
  /** The name of the part in an error report. */
  what: string;
  /** Shown until the script has loaded. */
  loading?: ReactNode;
  /** Shown if the script did not load. */
  failed?: string;
  /** A component made by React's `lazy`. */
  children: ReactNode;
}

/** A part of the page whose script loads when the part is first shown, because most pages do not need it. */
export function LatePart({ what, loading, failed, children }: LatePartProps) {
  return (
    <FaultBoundary what={what} instead={<NotLoaded text={failed} />}>
      <Suspense
        fallback={
          typeof loading === "string" ? <p className={styles.loading}>{loading}</p> : loading
        }
      >
        {children}
      </Suspense>
    </FaultBoundary>
  );
}

/** Returns a component that loads the script of a part when the part is first shown, and shows `Loading` until then. */
export function latePart<Props extends object>(
  what: string,
  load: () => Promise<ComponentType<Props>>,
  Loading?: ComponentType<Props>,
): ComponentType<Props> {
  const Loaded: ComponentType<Props> = lazy(async () => ({ default: await load() }));
  return (props) => (
    <LatePart what={what} loading={Loading && <Loading {...props} />}>
      <Loaded {...props} />
    </LatePart>
  );
}

/** Only a reload repeats the download: browsers remember that a module has failed. */
function NotLoaded({ text }: { text: string | undefined }) {
  const { crash } = useTexts();
  return (
    <div className={styles.failed}>
      <p role="alert">{text ?? crash.partNotLoaded}</p>
      <button className={button.quiet} type="button" onClick={() => location.reload()}>
        {crash.reload}
      </button>
    </div>
  );
}
