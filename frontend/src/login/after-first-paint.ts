/** Calls `listener` once, after the browser has painted the page for the first time. */
export function afterFirstPaint(listener: () => void): void {
  if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes("paint")) {
    // Old browsers do not report when they paint.
    setTimeout(listener, 1_000);
    return;
  }
  const observer = new PerformanceObserver((entries) => {
    if (entries.getEntriesByName("first-contentful-paint").length === 0) return;
    observer.disconnect();
    listener();
  });
  observer.observe({ type: "paint", buffered: true });
}
