import { type ReactNode, useState } from "react";
import { toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";

/** Links to one conversation. */
export function ShareDialog({
  conversationId,
  ...props
}: {
  conversationId: string;
  onClose: () => void;
  onSessionEnded: () => void;
}) {
  const { menu, sharing } = useTexts();
  const { onSessionEnded } = props;
  const [load] = useState(
    () => (signal: AbortSignal) => loadShares(conversationId, signal, onSessionEnded),
  );
  return <LoadedDialog title={menu.share} loading={sharing.loading} load={load} {...props} />;
}

/** Loads the script that requests and draws the links. The byte budget of the first load has no room for it. */
async function loadShares(
  conversationId: string,
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  const { loadShareList } = await import("./share-list.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadShareList(conversationId, signal, onSessionEnded);
}
