/** Returns the whole seconds from `now` to `until` (both milliseconds since 1970); 0 if the time has passed or is null. */
export function secondsLeft(until: number | null, now = Date.now()): number {
  return until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
}

/** Calls `onTick` at once, and then until the time has passed. Returns the function that stops the calls. */
export function countDown(until: number, onTick: () => void): () => void {
  const tick = () => {
    onTick();
    if (Date.now() >= until) clearInterval(timer);
  };
  // Four times a second, so that the figure is never a whole second late.
  const timer = setInterval(tick, 250);
  tick();
  return () => clearInterval(timer);
}
