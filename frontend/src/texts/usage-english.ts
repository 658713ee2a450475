const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** The texts of the usage figures. Load with the figures, in every language. */
export const usageEnglish = {
  today: "Your budget today",
  left: (left: string, cap: string) => `${left} of ${cap} left`,
  settled: (amount: string) => `${amount} spent`,
  reserved: (amount: string) => `${amount} reserved for running answers`,
  renews: (time: string) => `Renews on ${time}`,
  site: "Budget of the whole service",
  siteLeft: {
    day: (share: string) => `Today: ${share} left`,
    month: (share: string) => `This month: ${share} left`,
  },
  byDay: "By day",
  empty: "No answers in the last 90 days.",
  measure: "Show",
  measures: { money: "Cost", tokens: "Tokens", turns: "Answers" },
  range: "Days",
  days: (count: number) => `${format(count)} days`,
  plot: (measure: string, total: string, day: string, highest: string) =>
    `${measure}: ${total} in total. Highest on ${day}: ${highest}.`,
  /** Explains the dashed bars of the plot and the sign of `atMost`. */
  estimated:
    "≤ and dashed: the exact cost is unknown, because an answer was stopped or failed. This is the most it can be, and some tokens are missing.",
  atMost: (amount: string) => `≤ ${amount}`,
  table: "Usage by day",
  day: "Day",
  columns: {
    turns: "Answers",
    readTokens: "Tokens in",
    cachedTokens: "from cache",
    writtenTokens: "Tokens out",
  },
  total: "Total",
  dayBegins: (time: string) =>
    `A day begins at ${time} (00:00 UTC). Deleted chats still count. Days without answers are left out.`,
};

export type UsageTexts = typeof usageEnglish;
