/**
 * Returns the numbers of a vector as PostgreSQL reads them, with commas. Five decimals are more than a `halfvec` keeps, and
 * take a third of the bytes of all digits.
 */
export function vectorText(vector: Float32Array): string {
  return Array.from(vector, (number) => Number(number.toFixed(5))).join();
}
