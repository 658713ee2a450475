/** A piece of a number format (ECMA-376 part 1, 18.8.31): a quoted or escaped text, a color or locale, a run of one letter. */
const pieces =
  /"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|AM\/PM|A\/P|(y+|m+|d+|h+|s+|e+|g+|b+|a{3,})|(\.0+)|([\s\S])/gi;

/** Locales that Excel names by a number. Others write their months in English. */
const locales: Record<string, string> = {
  "401": "ar",
  "402": "bg",
  "404": "zh-TW",
  "405": "cs",
  "406": "da",
  "407": "de",
  "408": "el",
  "409": "en-US",
  "40a": "es",
  "40b": "fi",
  "40c": "fr",
  "40d": "he",
  "40e": "hu",
  "410": "it",
  "411": "ja",
  "412": "ko",
  "413": "nl",
  "414": "nb",
  "415": "pl",
  "416": "pt-BR",
  "418": "ro",
  "419": "ru",
  "41b": "sk",
  "41d": "sv",
  "41f": "tr",
  "422": "uk",
  "424": "sl",
  "439": "hi",
  "804": "zh-CN",
  "807": "de-CH",
  "809": "en-GB",
  "80a": "es-MX",
  "80c": "fr-BE",
  "816": "pt",
  c07: "de-AT",
  c0a: "es",
  c0c: "fr-CA",
};

/**
 * Writes a date as its cell shows it. Returns undefined for a format of elapsed time, such as [h]:mm. The short date of the
 * system (format 14) differs from computer to computer, so it is written as in ISO 8601.
 */
export function formatDate(date: Date, format: string): string | undefined {
  if (/^(m\/d\/yy|mm-dd-yy)( h:mm)?$/i.test(format))
    return date
      .toISOString()
      .slice(0, / h/.test(format) ? 16 : 10)
      .replace("T", " ");
  const [section = ""] = format.split(";");
  if (/\[(h+|m+|s+)\]/i.test(section)) return undefined;
  const tokens = [...section.matchAll(pieces)];
  const code = tokens
    .map(([, , , bracket]) => /^\$.*?-([0-9a-f]+)/i.exec(bracket ?? "")?.[1])
    .find(Boolean);
  const locale = locales[(code ?? "").toLowerCase().slice(-3)] ?? "en-US";
  const isHalfDay = tokens.some(([token]) => /^a(m\/pm|\/p)$/i.test(token));
  const hasDay = tokens.some(([, , , , letters]) => /^dd?$/i.test(letters ?? ""));
  return tokens
    .map(([token, quoted, escaped, bracket, letters, fraction, other], index) => {
      if (quoted !== undefined || escaped !== undefined) return quoted ?? escaped;
      if (bracket !== undefined) return "";
      if (letters) {
        const options = { locale, isHalfDay, hasDay, isMinute: isMinute(tokens, index) };
        return field(date, letters.toLowerCase(), options);
      }
      if (fraction)
        return `.${String(date.getUTCMilliseconds())
          .padStart(3, "0")
          .slice(0, fraction.length - 1)}`;
      if (other !== undefined) return other === "@" ? "" : other;
      return /^a/i.test(token) ? (date.getUTCHours() < 12 ? "AM" : "PM") : "";
    })
    .join("")
    .trim();
}

/** An m beside hours or seconds is a minute. */
function isMinute(tokens: RegExpMatchArray[], index: number): boolean {
  const letter = (at: number, step: number): string => {
    for (let other = at + step; other >= 0 && other < tokens.length; other += step) {
      const letters = tokens[other]?.[4];
      if (letters) return letters.toLowerCase().charAt(0);
    }
    return "";
  };
  return letter(index, -1) === "h" || letter(index, 1) === "s";
}

interface FieldOptions {
  locale: string;
  isHalfDay: boolean;
  hasDay: boolean;
  isMinute: boolean;
}

function field(
  date: Date,
  letters: string,
  { locale, isHalfDay, hasDay, isMinute }: FieldOptions,
): string {
  const name = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(date);
  const digits = (value: number) => String(value).padStart(Math.min(letters.length, 2), "0");
  switch (letters.charAt(0)) {
    case "y":
      return letters.length > 2
        ? String(date.getUTCFullYear())
        : String(date.getUTCFullYear() % 100).padStart(2, "0");
    case "e":
      return String(date.getUTCFullYear());
    case "b":
      return String(date.getUTCFullYear() + 543).slice(letters.length > 2 ? 0 : 2);
    case "d":
      if (letters.length === 3) return name({ weekday: "short" });
      return letters.length > 3 ? name({ weekday: "long" }) : digits(date.getUTCDate());
    case "a":
      return name({ weekday: letters.length === 3 ? "short" : "long" });
    case "h":
      return digits(isHalfDay ? date.getUTCHours() % 12 || 12 : date.getUTCHours());
    case "s":
      return digits(date.getUTCSeconds());
    case "m":
      if (isMinute && letters.length < 3) return digits(date.getUTCMinutes());
      if (letters.length < 3) return digits(date.getUTCMonth() + 1);
      if (letters.length === 5) return name({ month: "narrow" });
      return monthName(date, locale, letters.length === 3 ? "short" : "long", hasDay);
    default:
      return "";
  }
}

/** In some languages a month's name has another form beside a day. */
function monthName(date: Date, locale: string, month: "short" | "long", hasDay: boolean): string {
  const day = hasDay ? { day: "numeric" as const } : {};
  const format = new Intl.DateTimeFormat(locale, { ...day, month, timeZone: "UTC" });
  const parts = format.formatToParts(date);
  const name = parts.find(({ type }) => type === "month")?.value ?? "";
  return month === "short" ? name.replace(/\.$/, "") : name;
}
