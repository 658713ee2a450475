/** Words that turn a statement into its opposite, in the languages of the documents, in lower case and without marks. */
const negations = new Set(
  `not no never non neither nor cannot nicht kein keine keinen keinem keiner keines nie niemals weder
  ne pas jamais aucun aucune nunca ningun ninguna nao nenhum nenhuma niet geen nooit inte ej ikke ingen
  nie nigdy ne neni nem hicbir degil не нет ни никогда без δεν μην ohne without sans sin senza sem zonder uden utan bez`
    .split(/\s+/)
    .filter((word) => word !== ""),
);
/** These say how, after a verb, and do not take the statement back. */
const onlyBefore = new Set(
  "without ohne sans sin senza sem zonder uden utan bez без no nor ni ни ne".split(" "),
);
const negatingCharacters = /[不没沒無无未非勿]$/;

const plain = (word: string): string => word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

const isNegation = (word: string): boolean =>
  negations.has(word) || /n['’]t$/.test(word) || /^n['’]/.test(word);

/** @param word the last word before a quotation's place in its source */
export const isNegationBefore = (word: string): boolean =>
  isNegation(plain(word)) || negatingCharacters.test(word);

/** @param isJoined a hyphen joins the word to the quotation: "smoke-free" */
export function isNegationAfter(word: string, isJoined: boolean): boolean {
  const after = plain(word);
  if (isJoined && /^(?:free|frei(?:e[nrms]?)?|less)$/.test(after)) return true;
  return isNegation(after) && !onlyBefore.has(after);
}

/** Whether a text negates anything. */
export const hasNegation = (text: string): boolean =>
  (plain(text).match(/[\p{L}\p{N}'’]+/gu) ?? []).some(isNegation) ||
  /[不没沒無无未非勿]/.test(text);
