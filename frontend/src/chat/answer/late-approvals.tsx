import { type ComponentProps, lazy } from "react";
import type { Approvals } from "#frontend/approvals/approvals.tsx";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { LatePart } from "#frontend/ui/late-part.tsx";

// Most answers ask for no decision, so the chat loads the cards only for those that do.
const Loaded = lazy(async () => {
  const { Approvals } = await import("#frontend/approvals/approvals.tsx");
  return { default: Approvals };
});

/** Shows `Approvals` once its script has loaded. */
export function LateApprovals(props: ComponentProps<typeof Approvals>) {
  const { turn: texts } = useTexts();
  return (
    <LatePart what="the decisions" loading={texts.decisionNeeded} failed={texts.decisionNotLoaded}>
      <Loaded {...props} />
    </LatePart>
  );
}
