interface Span {
  startMs: number;
  endMs: number;
}

/** Returns the largest number of requests of which each started after the one before had ended. */
export function requestsInSeries(spans: readonly Span[]): number {
  let count = 0;
  let endMs = Number.NEGATIVE_INFINITY;
  // The request that ends first leaves most time for others (interval scheduling).
  for (const span of spans.toSorted((one, other) => one.endMs - other.endMs)) {
    if (span.startMs < endMs) continue;
    count += 1;
    endMs = span.endMs;
  }
  return count;
}
