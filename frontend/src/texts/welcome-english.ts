interface Example {
  title: string;
  /** What a press sends. */
  message: string;
}

/** The examples of the welcome page. Those of the demo are in `demo-english.ts`. */
export interface WelcomeTexts {
  label: string;
  cards: Record<"work" | "explain" | "write" | "documents" | "compare", Example>;
}

export const welcomeEnglish: WelcomeTexts = {
  label: "Examples",
  cards: {
    work: {
      title: "Work something out",
      message: "What is 12.5% of 480, and what time is it in Tokyo?",
    },
    explain: {
      title: "Explain a topic",
      message: "Explain in five sentences what a database index does. Give an example.",
    },
    write: {
      title: "Write a text",
      message: "Write a short, friendly email that moves our meeting to Thursday.",
    },
    documents: {
      title: "Search the documents",
      message: "Which documents do you have, and what is each of them about?",
    },
    compare: {
      title: "Compare",
      message: "Compare SQL and document databases in a table.",
    },
  },
};
