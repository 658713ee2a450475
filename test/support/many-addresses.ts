/**
 * Returns a function that returns a new address per call, for tests that send more requests a minute than a bucket holds.
 * Each address is in its own /64, because a bucket belongs to a /64. 2001:db8::/32 is reserved for documentation (RFC 3849).
 */
export function manyAddresses(): () => string {
  let next = 0;
  return () => {
    next += 1;
    const [high, low] = [Math.floor(next / 0x1_0000), next % 0x1_0000];
    return `2001:db8:${high.toString(16)}:${low.toString(16)}::1:443`;
  };
}
