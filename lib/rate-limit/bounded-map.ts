/** A warm instance lives for hours and may meet any number of addresses. */
const maxEntries = 10_000;

/** Sets an entry of a map that forgets the ones set longest ago, so that it cannot grow for ever. */
export function setBounded<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxEntries) return;
  const [longestAgo] = map.keys();
  if (longestAgo !== undefined) map.delete(longestAgo);
}
