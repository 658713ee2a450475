import { type ComponentProps, useEffect, useState } from "react";
import { LoadingLine } from "./loading-line.tsx";
import type { Transcript } from "./transcript.tsx";

let loaded: typeof Transcript | undefined;

/**
 * Loads the transcript with the Markdown parser, a quarter of the chat's script. The page paints without them, and loads
 * them beside the conversation.
 */
export async function loadTranscript(): Promise<void> {
  const { Transcript } = await import("./transcript.tsx");
  loaded = Transcript;
}

/** Shows the transcript once its script has loaded. */
export function LateTranscript(props: ComponentProps<typeof Transcript>) {
  const [failure, setFailure] = useState<unknown>();
  const [isLoaded, setIsLoaded] = useState(loaded !== undefined);

  useEffect(() => {
    if (!isLoaded) loadTranscript().then(() => setIsLoaded(true), setFailure);
  }, [isLoaded]);

  // Only a reload repeats the download. `PageBoundary` offers it.
  if (failure !== undefined) throw failure;
  const Loaded = loaded;
  return Loaded === undefined ? <LoadingLine /> : <Loaded {...props} />;
}
