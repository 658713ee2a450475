const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);
const short = new Intl.NumberFormat("en", { notation: "compact" });

/** The texts of the settings of a conversation. Load with the forms, in every language. */
export const settingsEnglish = {
  loading: "Loading settings…",
  model: "Model",
  default: "default",
  free: "free",
  /** Amounts in dollars. */
  price: (input: string, output: string) => `${input} in, ${output} out per million tokens`,
  context: (tokens: number) => `reads up to ${short.format(tokens)} tokens`,
  notOffered: (model: string, instead: string) =>
    `The model ${model} is no longer offered. ${instead} answers instead.`,
  effort: "Thinking",
  defaultEffort: "Default",
  efforts: { low: "Low", medium: "Medium", high: "High" },
  effortExplained: "More thinking takes longer and costs more.",
  noEffort: (model: string) => `${model} has no setting for how much it thinks.`,
  forThis: "Instructions for this conversation",
  forAll: "Instructions for all my conversations",
  forAllExplained:
    "The assistant reads these before each message. The instructions of a conversation come first where both differ.",
  showForAll: "Instructions for all my conversations",
  placeholder: "For example: Answer in German. Be brief.",
  count: (length: number, max: number) => `${format(length)} of ${format(max)} characters`,
  saved: "Saved. Applies from the next message.",
};

export type SettingsTexts = typeof settingsEnglish;
