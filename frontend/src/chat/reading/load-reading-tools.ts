import { setReadingTools } from "./use-reading-tools.ts";

/** Loads the script. Only the transcript calls this, so that the bundler keeps their common code with it. */
export function loadReadingTools(): void {
  import("./reading-tools.ts").then(
    ({ readingTools }) => setReadingTools(readingTools),
    // The import fails offline, and after a deployment of a newer version.
    () => undefined,
  );
}
