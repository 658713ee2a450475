import { createListeners } from "./listeners.ts";

/** Holds what a part of the page shows, and tells the part of each change. */
export function createViewStore<View extends object>(initial: View) {
  const [subscribe, notify] = createListeners();
  let view = initial;
  return {
    read: () => view,
    subscribe,
    update(changes: Partial<View>): void {
      view = { ...view, ...changes };
      notify();
    },
  };
}
