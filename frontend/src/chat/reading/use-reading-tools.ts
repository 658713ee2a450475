import { useSyncExternalStore } from "react";
import { createListeners } from "#frontend/ui/listeners.ts";

type ReadingTools = typeof import("./reading-tools.ts").readingTools;

const [subscribe, notify] = createListeners();
let loaded: ReadingTools | null = null;
const readLoaded = () => loaded;

/** Returns what a person can do with answers, or null until that script has loaded. Without it answers can be read and copied. */
export const useReadingTools = (): ReadingTools | null =>
  useSyncExternalStore(subscribe, readLoaded, readLoaded);

export function setReadingTools(tools: ReadingTools): void {
  loaded = tools;
  notify();
}
