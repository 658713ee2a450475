/** How far the marks of a quote or a list may push a line: `> > > `. */
const farthest = 200;

/**
 * Returns for each UTF-16 unit of a text node's value the offset in its Markdown. They differ where the Markdown has an escape
 * (`\*`), an entity (`&amp;`), or marks at the beginning of a line (`> `).
 */
export function alignedOffsets(value: string, source: string): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charAt(index);
    if (source.charAt(at) === "\\" && isEscaped(source.charAt(at + 1), unit)) at += 1;
    const entity =
      source.charAt(at) === "&" ? /^&#?\w{1,32};/.exec(source.slice(at, at + 40)) : null;
    if (entity !== null && !value.startsWith(entity[0], index)) {
      offsets.push(at);
      // An entity may stand for a pair of units.
      const code = value.codePointAt(index) ?? 0;
      if (code > 0xffff) {
        offsets.push(at);
        index += 1;
      }
      at += entity[0].length;
      continue;
    }
    if (source.charAt(at) !== unit) at = nextOf(unit, source, at);
    offsets.push(at);
    at += 1;
  }
  return offsets;
}

const isEscaped = (next: string, unit: string) => next === unit && /[!-/:-@[-`{-~]/.test(next);

function nextOf(unit: string, source: string, at: number): number {
  const found = source.slice(at, at + farthest).indexOf(unit);
  return found === -1 ? at : at + found;
}
