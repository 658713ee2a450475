/** Words that say nothing about a subject, in English and German. */
const stopWords = new Set(
  `a about after all also am an and any are as at be been but by can could did do does for from get give had has have
  he her here him his how i if in into many much is it its just let like me more most my no not of on one only or our out over
  please quote say she should so some such tell than that the their them then there these they this to up us use was
  we were what when where which while who whom why will with would you your show find search web
  about documentation project system product work works happen happens
  aber alle als also am an auch auf aus bei bin bist da das dass dein dem den der des die dies diese dir doch du durch
  ein eine einem einen einer er es für geht gibt hat habe haben hier ich ihr im in ist ja kann kein keine können man
  mein mich mir mit muss nach nicht noch nun nur oder ohne schon sein sich sie sind so soll über um und uns viel von
  vor wann war warum was wenn wer werden wie wieder wieviel wird wo wozu zu zum zur bitte zeig zeige funktioniert
  passiert bedeutet dokumentation projekt system`.split(/\s+/),
);

/** The words of this project for words that people use instead, in English and German. */
const projectWords: Record<string, string> = {
  price: "cost",
  pay: "cost",
  expensive: "cost",
  money: "budget cost",
  takeover: "takes over lease",
  delete: "remove",
  remove: "delete",
  store: "keep",
  kept: "keep",
  keep: "kept",
  retain: "keep kept",
  die: "crash",
  crash: "dies lease",
  connect: "real",
  install: "start",
  approval: "approve approved",
  approve: "approval",
  quick: "fast",
  slow: "performance",
  fast: "performance time",
  speed: "performance",
  session: "login",
  login: "session password",
  throttle: "limit",
  kosten: "cost",
  kostet: "cost",
  preis: "cost",
  geld: "budget cost",
  übernahme: "takeover lease",
  absturz: "crash dies",
  abstürzt: "crash dies",
  funktion: "function",
  funktionen: "function",
  gespräch: "conversation",
  gespräche: "conversation",
  unterhaltung: "conversation",
  unterhaltungen: "conversation",
  nachricht: "message",
  nachrichten: "message",
  antwort: "answer",
  modell: "model",
  werkzeug: "tool",
  werkzeuge: "tool",
  passwort: "password",
  kennwort: "password",
  anmeldung: "login session password",
  geheimnis: "secret",
  geheimnisse: "secret",
  datenbank: "database",
  daten: "data",
  einstellung: "setting",
  einstellungen: "setting",
  genehmigung: "approval",
  freigabe: "approval",
  verbinde: "connect real",
  verbinden: "connect real",
  aufbewahrt: "kept keep",
  gespeichert: "stored kept",
  gelöscht: "removed deleted",
  löschen: "remove delete",
  lange: "long",
  fehler: "error fault",
  grenze: "limit",
  grenzen: "limit",
  schnell: "fast performance",
  sicherheit: "security",
  notizen: "note",
  dokument: "document",
  dokumente: "document",
  datei: "file",
  dateien: "files",
  dateiformate: "files upload",
  hochladen: "upload",
  zitate: "quotes checked",
  zwilling: "twin",
  bereitstellen: "deploy",
};
const synonyms = new Map(
  Object.entries(projectWords).map(([word, others]) => [
    stemOf(word),
    others.split(" ").map(stemOf),
  ]),
);

/**
 * Returns the stems of a text's words. A word with a hyphen or an underscore also counts as its parts, and as one word
 * without the mark: `take-over` is found by `takeover`, and `TURN_DEADLINE_SECONDS` by `deadline`.
 */
export function stemsOf(text: string): string[] {
  // `1,000` is one number.
  const plain = text.toLowerCase().replaceAll(/(?<=\d),(?=\d{3})/g, "");
  const written = plain.match(/[\p{L}\p{N}]+(?:[-_.'’/][\p{L}\p{N}]+)*/gu) ?? [];
  return written.flatMap((word) => {
    const parts = word.replace(/['’]s$/, "").split(/[-_.'’/]/);
    const words = parts.length > 1 ? [...parts, parts.join("")] : parts;
    return words.filter((part) => !stopWords.has(part)).map(stemOf);
  });
}

/** A word of a question, with the project's own words for it. */
export interface QueryWord {
  stem: string;
  synonyms: readonly string[];
}

/** Returns the words of a question that say something about its subject, each once. */
export const queryWords = (query: string): QueryWord[] =>
  [...new Set(stemsOf(query))].map((stem) => ({ stem, synonyms: synonyms.get(stem) ?? [] }));

/** Returns the project's own words for what a text asks about, such as "cost" for "kostet". */
export const projectWordsFor = (text: string): string[] =>
  (text.toLowerCase().match(/\p{L}+/gu) ?? []).flatMap((word) =>
    Object.hasOwn(projectWords, word) ? (projectWords[word] ?? "").split(" ") : [],
  );

/** Removes the endings of English that do not change what a word means. Both sides of a comparison lose the same. */
function stemOf(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  let stem = word;
  if (/(ss|us|is)$/.test(stem)) return stem;
  stem = stem
    .replace(/ies$/, "y")
    .replace(/(s|x|z|ch|sh)es$/, "$1")
    .replace(/s$/, "");
  const without = stem.replace(/(ingly|edly|ing|ed|ly)$/, "");
  if (without.length >= 3 && without !== stem && /[aeiouy]/.test(without)) {
    stem = without.replace(/([bdfgmnprt])\1$/, "$1");
  }
  return stem.length > 3 ? stem.replace(/e$/, "") : stem;
}
