/** Writes a number of a list as Word does (ECMA-376 part 1, 17.18.59). An unknown format is decimal. */
export function formatNumber(number: number, format: string): string {
  return formats[format]?.(number) ?? String(number);
}

const formats: Record<string, (number: number) => string> = {
  none: () => "",
  decimalZero: (number) => String(number).padStart(2, "0"),
  upperLetter: (number) => letters(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
  lowerLetter: (number) => letters(number, "abcdefghijklmnopqrstuvwxyz"),
  upperRoman: roman,
  lowerRoman: (number) => roman(number).toLowerCase(),
  russianUpper: (number) => letters(number, "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"),
  russianLower: (number) => letters(number, "абвгдежзиклмнопрстуфхцчшщэюя"),
  hebrew2: (number) => letters(number, "אבגדהוזחטיכלמנסעפצקרשת"),
  arabicAlpha: (number) => letters(number, "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"),
  aiueoFullWidth: (number) =>
    letters(
      number,
      "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    ),
  aiueo: (number) =>
    letters(
      number,
      "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    ),
  iroha: (number) =>
    letters(
      number,
      "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
    ),
  chineseCounting: chinese,
  chineseCountingThousand: chinese,
  taiwaneseCountingThousand: chinese,
  japaneseCounting: chinese,
  ideographDigital: (number) =>
    [...String(number)].map((digit) => "〇一二三四五六七八九"[Number(digit)]).join(""),
  decimalEnclosedCircle: (number) =>
    number >= 1 && number <= 20 ? String.fromCodePoint(0x245f + number) : String(number),
  decimalFullWidth: (number) =>
    [...String(number)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(""),
  numberInDash: (number) => `- ${number} -`,
  ordinal: (number) => `${number}${ordinalEndings[endings.select(number)]}`,
};

const endings = new Intl.PluralRules("en", { type: "ordinal" });
const ordinalEndings: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };

/** After the last letter Word doubles: z, aa, bb. */
function letters(number: number, alphabet: string): string {
  const all = [...alphabet];
  if (number < 1) return String(number);
  const times = Math.ceil(number / all.length);
  // Word counts to 780 in letters. More is no number that a person reads.
  return times > 30 ? String(number) : (all[(number - 1) % all.length] ?? "").repeat(times);
}

const romanValues: [number, string][] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

function roman(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  let rest = number;
  let text = "";
  for (const [value, letter] of romanValues) {
    text += letter.repeat(Math.floor(rest / value));
    rest %= value;
  }
  return text;
}

function chinese(number: number): string {
  if (number < 1 || number > 99) return String(number);
  const digits = "〇一二三四五六七八九";
  const tens = Math.floor(number / 10);
  const ones = number % 10;
  return `${tens > 1 ? digits[tens] : ""}${tens > 0 ? "十" : ""}${ones > 0 ? digits[ones] : ""}`;
}
