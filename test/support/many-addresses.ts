/**
 * A new address for each request, so that no bucket is ever empty: for tests that send more in a minute than any bucket
 * can hold. The addresses are of 2001:db8::/32, which is for examples; a bucket belongs to a /64.
 */
export function manyAddresses(): () => string {
  let next = 0;
  return () => {
    next += 1;
    const [high, low] = [Math.floor(next / 0x1_0000), next % 0x1_0000];
    return `2001:db8:${high.toString(16)}:${low.toString(16)}::1:443`;
  };
}
