/** Returns how to hear of changes, as `useSyncExternalStore` calls it, and how to tell of them. */
export function createListeners() {
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const notify = () => {
    for (const listener of listeners) listener();
  };
  return [subscribe, notify] as const;
}
