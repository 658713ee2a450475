interface Unit {
  kind: "length" | "mass" | "volume" | "temperature";
  /** The value in metres, kilograms, litres or kelvins is `value * factor + offset`. */
  factor: number;
  offset?: number;
}

/** Exact by definition, except for the gallon and the fluid ounce, which are those of the United States. */
const units: Record<string, Unit> = {
  mm: { kind: "length", factor: 0.001 },
  cm: { kind: "length", factor: 0.01 },
  m: { kind: "length", factor: 1 },
  km: { kind: "length", factor: 1_000 },
  in: { kind: "length", factor: 0.0254 },
  ft: { kind: "length", factor: 0.3048 },
  yd: { kind: "length", factor: 0.9144 },
  mi: { kind: "length", factor: 1_609.344 },
  g: { kind: "mass", factor: 0.001 },
  kg: { kind: "mass", factor: 1 },
  t: { kind: "mass", factor: 1_000 },
  oz: { kind: "mass", factor: 0.028349523125 },
  lb: { kind: "mass", factor: 0.45359237 },
  ml: { kind: "volume", factor: 0.001 },
  l: { kind: "volume", factor: 1 },
  fl_oz: { kind: "volume", factor: 0.0295735295625 },
  gal: { kind: "volume", factor: 3.785411784 },
  k: { kind: "temperature", factor: 1 },
  c: { kind: "temperature", factor: 1, offset: 273.15 },
  f: { kind: "temperature", factor: 5 / 9, offset: 459.67 * (5 / 9) },
};

export const unitNames = Object.keys(units);

/** @throws RangeError with a sentence for the caller */
export function convertUnits(value: number, from: string, to: string): number {
  const [source, target] = [unitOf(from), unitOf(to)];
  if (source.kind !== target.kind) {
    throw new RangeError(
      `${from} is a unit of ${source.kind}, and ${to} is one of ${target.kind}.`,
    );
  }
  const base = value * source.factor + (source.offset ?? 0);
  if (source.kind === "temperature" && base < 0) {
    throw new RangeError(`${value} ${from} is below absolute zero.`);
  }
  // Twelve digits, so that no rounding error shows.
  return Number(((base - (target.offset ?? 0)) / target.factor).toPrecision(12));
}

function unitOf(name: string): Unit {
  const key = name.toLowerCase();
  const unit = Object.hasOwn(units, key) ? units[key] : undefined;
  if (!unit) throw new RangeError(`${name} is not a known unit. Known: ${unitNames.join(", ")}.`);
  return unit;
}
