/** The cards of the welcome page, in their order. */
export const demoCards = [
  "format",
  "tools",
  "think",
  "chart",
  "quote",
  "approve",
  "retry",
  "crash",
] as const;

interface DemoCard {
  title: string;
  /** What the person will see. */
  shows: string;
  /** What the card sends. The demo model knows these messages. */
  message: string;
}

/** The texts that only a deployment with the demo model shows. */
export interface DemoTexts {
  about: string;
  noModel: string;
  connect: string;
  dismiss: string;
  /** Of the cards. */
  label: string;
  cards: Record<(typeof demoCards)[number], DemoCard>;
}

export const demoEnglish: DemoTexts = {
  about: "About the demo",
  noModel: "Demo model: no language model behind it.",
  connect: "Connect a real one",
  dismiss: "Dismiss",
  label: "Examples",
  cards: {
    format: {
      title: "Format an answer",
      shows: "Headings, table, code, formulas, lists",
      message: "Show me all the formatting you can do.",
    },
    tools: {
      title: "Use tools side by side",
      shows: "Clock and calculator in one answer",
      message:
        "What time is it in Tokyo, what is 15% of 84.50, and how many days are left until Christmas?",
    },
    think: {
      title: "Think first",
      shows: "The reasoning above the answer",
      message: "Think first: which weighs more, a kilogram of feathers or a pound of iron?",
    },
    chart: {
      title: "Draw a chart",
      shows: "Sample database, chart and table",
      message: "Draw a chart of sales by month.",
    },
    quote: {
      title: "Quote the documentation",
      shows: "Quotes checked in the document",
      message: "How does take-over work? Quote the documentation.",
    },
    approve: {
      title: "Ask before acting",
      shows: "A webhook that waits for your approval",
      message: "Send a webhook: Hello from the demo",
    },
    retry: {
      title: "Fail and retry",
      shows: "A failed tool call, and the next one",
      message: "Fail once, then try again.",
    },
    crash: {
      title: "Crash the server",
      shows: "Another process finishes the answer",
      message: "Crash the server in the middle of your answer.",
    },
  },
};
