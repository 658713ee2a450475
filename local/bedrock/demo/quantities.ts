export interface Unit {
  kind:
    | "length"
    | "mass"
    | "volume"
    | "area"
    | "speed"
    | "data"
    | "duration"
    | "energy"
    | "temperature";
  /** Names in English and German, the shown one first. */
  names: string[];
  /** As an expression in the base unit of its kind: metre, gram, litre, square metre, m/s, byte, second, joule. */
  factor: string;
}

const unit = (kind: Unit["kind"], factor: string, names: string): Unit => ({
  kind,
  factor,
  names: names.split("|"),
});

/** Exact by definition. Gallon, pint and fluid ounce are those of the United States. */
const units: Unit[] = [
  unit("length", "0.001", "mm|millimetre|millimetres|millimeter|millimeters|millimetern"),
  unit("length", "0.01", "cm|centimetre|centimetres|centimeter|centimeters|zentimeter|zentimetern"),
  unit("length", "1", "m|metre|metres|meter|meters|metern"),
  unit("length", "1000", "km|kilometre|kilometres|kilometer|kilometers|kilometern"),
  unit("length", "0.0254", "in|inch|inches|zoll|″"),
  unit("length", "0.3048", "ft|foot|feet|fuß|′"),
  unit("length", "0.9144", "yd|yard|yards"),
  unit("length", "1609.344", "mi|mile|miles|meile|meilen"),
  unit("length", "1852", "nmi|nautical mile|nautical miles|seemeile|seemeilen"),
  unit("mass", "0.001", "mg|milligram|milligrams|milligramm"),
  unit("mass", "1", "g|gram|grams|gramm|grammes"),
  unit("mass", "1000", "kg|kilogram|kilograms|kilo|kilos|kilogramm"),
  unit("mass", "1000000", "t|tonne|tonnes|tonnen|metric ton|metric tons"),
  unit("mass", "28.349523125", "oz|ounce|ounces|unze|unzen"),
  unit("mass", "453.59237", "lb|lbs|pound|pounds"),
  unit("mass", "500", "pfund"),
  unit("mass", "6350.29318", "stone|stones"),
  unit("volume", "0.001", "ml|millilitre|millilitres|milliliter|milliliters|millilitern"),
  unit("volume", "1", "l|litre|litres|liter|liters|litern"),
  unit("volume", "3.785411784", "gal|gallon|gallons|gallone|gallonen"),
  unit("volume", "0.473176473", "pt|pint|pints"),
  unit("volume", "0.0295735295625", "fl oz|fluid ounce|fluid ounces"),
  unit("volume", "0.2365882365", "cup|cups"),
  unit(
    "area",
    "1",
    "m²|square metre|square metres|square meter|square meters|quadratmeter|quadratmetern|m2",
  ),
  unit("area", "0.09290304", "ft²|square foot|square feet|sq ft|quadratfuß"),
  unit("area", "10000", "ha|hectare|hectares|hektar"),
  unit("area", "4046.8564224", "acre|acres"),
  unit(
    "area",
    "1000000",
    "km²|square kilometre|square kilometres|square kilometer|square kilometers|quadratkilometer|km2",
  ),
  unit(
    "speed",
    "(1000 / 3600)",
    "km/h|kmh|kph|kilometres per hour|kilometers per hour|stundenkilometer",
  ),
  unit("speed", "(1609.344 / 3600)", "mph|miles per hour|meilen pro stunde"),
  unit("speed", "1", "m/s|metres per second|meters per second|meter pro sekunde"),
  unit("speed", "(1852 / 3600)", "kn|knot|knots|knoten"),
  unit("data", "1", "byte|bytes"),
  unit("data", "1000", "kB|kilobyte|kilobytes"),
  unit("data", "1000^2", "MB|megabyte|megabytes"),
  unit("data", "1000^3", "GB|gigabyte|gigabytes"),
  unit("data", "1000^4", "TB|terabyte|terabytes"),
  unit("data", "1024", "KiB|kibibyte|kibibytes"),
  unit("data", "1024^2", "MiB|mebibyte|mebibytes"),
  unit("data", "1024^3", "GiB|gibibyte|gibibytes"),
  unit("duration", "1", "s|second|seconds|sekunde|sekunden"),
  unit("duration", "60", "min|minute|minutes|minuten"),
  unit("duration", "3600", "h|hour|hours|stunde|stunden"),
  unit("duration", "86400", "day|days|tag|tage|tagen"),
  unit("duration", "604800", "week|weeks|woche|wochen"),
  unit("energy", "1000", "kJ|kilojoule|kilojoules"),
  unit(
    "energy",
    "4184",
    "kcal|kilocalorie|kilocalories|kilokalorie|kilokalorien|calorie|calories|kalorien",
  ),
  unit("energy", "3600000", "kWh|kilowatt hour|kilowatt hours|kilowattstunde|kilowattstunden"),
  unit("temperature", "C", "°C|celsius|degrees celsius|degree celsius|grad celsius|c"),
  unit("temperature", "F", "°F|fahrenheit|degrees fahrenheit|degree fahrenheit|grad fahrenheit|f"),
  unit("temperature", "K", "K|kelvin|kelvins"),
];

const unitByName = new Map(
  units.flatMap((one) => one.names.map((name) => [name.toLowerCase(), one])),
);

/** Matches the name of a unit. Longer names come first. */
export const unitPattern = `(?:${[...unitByName.keys()]
  .sort((one, other) => other.length - one.length)
  .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`))
  .join("|")})(?![\\p{L}\\d])`;

export const unitNamed = (name: string): Unit | undefined => unitByName.get(name.toLowerCase());

export interface Quantity {
  amount: string;
  unit: Unit;
}

/** Returns the expression that converts quantities of one kind, added up, to a unit of that kind. */
export function conversion(quantities: readonly Quantity[], to: Unit): string | undefined {
  const [first] = quantities;
  if (!first || quantities.some(({ unit: { kind } }) => kind !== to.kind)) return undefined;
  if (to.kind === "temperature") return temperature(first.amount, first.unit.factor, to.factor);
  const sum = quantities
    .map(({ amount, unit: { factor } }) => (factor === "1" ? amount : `${amount} * ${factor}`))
    .join(" + ");
  if (to.factor === "1") return sum;
  return quantities.length > 1 ? `(${sum}) / ${to.factor}` : `${sum} / ${to.factor}`;
}

function temperature(amount: string, from: string, to: string): string {
  const value = amount.startsWith("-") ? `(${amount})` : amount;
  const celsius =
    from === "F" ? `(${value} - 32) * 5 / 9` : from === "K" ? `${value} - 273.15` : value;
  if (to === "C") return celsius;
  return to === "F" ? `(${celsius}) * 9 / 5 + 32` : `${celsius} + 273.15`;
}
