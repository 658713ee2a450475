/** A rotated secret is in use everywhere after this time. */
const freshForMs = 5 * 60_000;
/** After a failed refresh the old value stays in use, and the next refresh happens after this time. */
const retryAfterMs = 30_000;

interface RefreshedOptions {
  now: () => number;
  /** Called when a refresh failed and the old value stays in use. */
  onRefreshFailed: (cause: unknown) => void;
}

/**
 * Returns a function that loads a value on first use and again when the value is five minutes old. Calls during a load
 * share that load.
 * @throws the load's error, but only until the first load has succeeded
 */
export function refreshed<Value>(
  load: () => Promise<Value>,
  { now, onRefreshFailed }: RefreshedOptions,
): () => Promise<Value> {
  let held: { value: Value; freshUntilMs: number } | undefined;
  let loading: Promise<Value> | undefined;

  async function refresh(): Promise<Value> {
    try {
      const value = await load();
      held = { value, freshUntilMs: now() + freshForMs };
      return value;
    } catch (cause) {
      if (!held) throw cause;
      onRefreshFailed(cause);
      held.freshUntilMs = now() + retryAfterMs;
      return held.value;
    }
  }

  return async () => {
    if (held && now() < held.freshUntilMs) return held.value;
    loading ??= refresh().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
