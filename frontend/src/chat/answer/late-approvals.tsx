import { type ComponentProps, lazy, Suspense } from "react";
import type { Approvals } from "#frontend/approvals/approvals.tsx";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { FaultBoundary } from "#frontend/ui/fault-boundary.tsx";
import styles from "../transcript/transcript.module.css";

// Most answers ask for no decision, so the chat loads the cards only for those that do.
const Loaded = lazy(async () => {
  const { Approvals } = await import("#frontend/approvals/approvals.tsx");
  return { default: Approvals };
});

/** Shows `Approvals` once its script has loaded. */
export function LateApprovals(props: ComponentProps<typeof Approvals>) {
  const { turn: texts } = useTexts();
  return (
    <FaultBoundary what="the decisions" instead={<NotLoaded />}>
      <Suspense fallback={<p className={styles.aside}>{texts.decisionNeeded}</p>}>
        <Loaded {...props} />
      </Suspense>
    </FaultBoundary>
  );
}

/** Only a reload repeats the download: browsers remember that a module has failed. */
function NotLoaded() {
  const { turn: texts, crash } = useTexts();
  return (
    <div className={styles.failure}>
      <p role="alert">{texts.decisionNotLoaded}</p>
      <button className={button.quiet} type="button" onClick={() => location.reload()}>
        {crash.reload}
      </button>
    </div>
  );
}
