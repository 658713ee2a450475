import { useEffect, useState } from "react";

type DocumentTools = typeof import("./document-tools.tsx").documentTools;

let loaded: DocumentTools | null = null;

/**
 * Returns the parts of the chat that concern documents, or null until their script has loaded: with the person's first action, or
 * at once if the address names a document. Without the script the chat works as in a deployment without documents.
 */
export function useDocumentTools(isEnabled: boolean, hasActed: boolean): DocumentTools | null {
  const [tools, setTools] = useState(loaded);
  const isNeeded = isEnabled && (hasActed || location.hash !== "");

  useEffect(() => {
    if (!isNeeded || loaded !== null) return;
    import("./document-tools.tsx").then(
      ({ documentTools }) => {
        loaded = documentTools;
        setTools(documentTools);
      },
      () => undefined,
    );
  }, [isNeeded]);

  return isEnabled ? tools : null;
}
