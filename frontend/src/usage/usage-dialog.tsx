import type { ReactNode } from "react";
import { toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";

/** What the person has spent, and how much of the budgets is left. */
export function UsageDialog(props: { onClose: () => void; onSessionEnded: () => void }) {
  const { usage: texts } = useTexts();
  return <LoadedDialog title={texts.usage} loading={texts.loading} load={loadReport} {...props} />;
}

/** Loads the script that requests and draws the figures. The byte budget of the first load has no room for it. */
async function loadReport(signal: AbortSignal): Promise<ReactNode> {
  const { loadFigures } = await import("./usage-figures.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadFigures(signal);
}
