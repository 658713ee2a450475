export type Language = "en" | "de";

const german =
  /[äöüß]|\b(?:ich|du|er|wir|ihr|mir|mich|dir|dich|ist|sind|bist|der|das|dem|den|des|und|oder|nicht|kein\w*|wie|wo|wer|wann|warum|welche\w*|wieviel|viele?|ein|eine|einen|einem|einer|meine?\w*|deine?\w*|bitte|danke|hallo|guten|moin|servus|mal|von|vom|zum|zur|bis|nach|mit|aus|auf|für|im|tage?n?|wochen|heute|morgen|gestern|zeige?|sag|rechne|berechne|wurzel|umsatz|umsätze|durchschnittlich\w*|bestell\w*|quartal|jahr|monat|kunden?|produkte?|wetter|uhr|spät|weihnachten|schick\w*|sende|suche|lies|fasse|schreib\w*|plus|kannst|hast|habe|geteilt|prozent|null|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|wirf|würfel\w*|denk\w*|erst|zeichne|server|mitten|antwort|scheitere|versuch\w*)\b/giu;
const english =
  /\b(?:i|you|he|she|we|they|me|my|your|our|is|are|am|the|a|an|and|or|not|no|how|what|what's|where|who|when|why|which|many|much|please|thanks|thank|hello|hi|hey|good|morning|times|of|from|to|till|until|after|with|for|on|in|at|by|days?|weeks|today|tomorrow|yesterday|show|tell|calculate|compute|root|sales|revenue|customers?|products?|orders?|weather|time|christmas|send|search|read|summari[sz]e|write|can|have|has|divided|percent|zero|one|two|three|four|five|six|seven|eight|nine|ten|roll|dice|think|first|draw|chart|crash|middle|answer|fail|once|then|try|again|do|does|did)\b/giu;

/** Words of both languages count for neither. */
const either = /\b(?:in|am|an|server|plus|will|was|also|name|so)\b/giu;

/** Returns the language of the newest text that shows one. Default: English. */
export function languageOf(texts: readonly string[]): Language {
  for (const text of texts.toReversed()) {
    const words = text.replaceAll(either, " ");
    const lead = count(words, german) - count(words, english);
    if (lead !== 0) return lead > 0 ? "de" : "en";
  }
  return "en";
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Returns a function that chooses between an English and a German sentence. */
export const sayIn =
  (language: Language) =>
  (english: string, german: string): string =>
    language === "de" ? german : english;

export const localeOf = (language: Language): string => (language === "de" ? "de-DE" : "en-GB");

/** Returns a text with a capital first letter. */
export const withCapital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Returns a tool's number as a person writes it: 4294967296 as 4,294,967,296. Every digit stays, because the text is not
 * read as a double. Any other text stays as it is.
 */
export function showNumber(text: string, language: Language): string {
  return text.replace(
    /^(about )?(-?)(\d+)(?:\.(\d+))?(e[+-]?\d+)?$/u,
    (_, about = "", sign, whole: string, decimals, exponent = "") => {
      const [group, point] = language === "de" ? [".", ","] : [",", "."];
      const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/gu, group);
      const prefix = about === "" ? "" : sayIn(language)("about ", "etwa ");
      return `${prefix}${sign}${grouped}${decimals ? point + decimals : ""}${exponent}`;
    },
  );
}
