import { useEffect, useState } from "react";

type DocumentTools = typeof import("./document-tools.tsx").documentTools;

let loaded: DocumentTools | null = null;

/**
 * Returns the parts of the chat that concern documents, or null until their script has loaded, after the first paint. Without
 * the script the chat works as in a deployment without documents.
 */
export function useDocumentTools(isEnabled: boolean): DocumentTools | null {
  const [tools, setTools] = useState(loaded);

  useEffect(() => {
    if (!isEnabled || loaded !== null) return;
    import("./document-tools.tsx").then(
      ({ documentTools }) => {
        loaded = documentTools;
        setTools(documentTools);
      },
      () => undefined,
    );
  }, [isEnabled]);

  return isEnabled ? tools : null;
}
