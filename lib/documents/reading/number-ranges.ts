/** Returns "Page 3" or "Pages 1, 3 to 5 and 9", for numbers in ascending order. */
export function numberRanges(noun: string, numbers: number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([first, last]) => {
    if (first === last) return String(first);
    return last === first + 1 && ranges.length === 1
      ? `${first} and ${last}`
      : `${first} to ${last}`;
  });
  const list = texts.length > 1 ? `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}` : texts[0];
  return `${noun}${numbers.length > 1 ? "s" : ""} ${list ?? ""}`;
}
