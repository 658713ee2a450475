const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** The texts of what a person can do with answers. They load with that script, in every language. */
export const readingEnglish = {
  code: {
    wrap: "Wrap long lines",
    download: "Download code",
  },
  table: {
    sortBy: (column: string) => `Sort by ${column}`,
    unnamed: (position: number) => `column ${format(position)}`,
  },
  aloud: {
    read: "Read aloud",
    stop: "Stop reading",
    code: (language: string, lines: number) =>
      `Code${language && `, ${language}`}, ${format(lines)} ${lines === 1 ? "line" : "lines"}.`,
    formula: "Formula.",
    image: "Image.",
    note: "This browser may send the answer to its maker, whose service turns it into speech.",
  },
  dictation: {
    start: "Dictate",
    stop: "Stop dictating",
    note: "The maker of this browser may process the audio on its own servers. This chat gets only the text.",
    failed: {
      "not-allowed": "The browser may not use the microphone.",
      "service-not-allowed": "The browser may not use the microphone.",
      "audio-capture": "No microphone was found.",
      network: "Dictation needs a network connection.",
      "language-not-supported": "This browser doesn’t know this language.",
    } as Record<string, string>,
    failedElse: "Dictation stopped.",
  },
  /** Agrees to one of the notes above. */
  agree: "Continue",
  quote: "Quote",
  feedback: {
    up: "Good answer",
    down: "Bad answer",
    saved: "Thanks for your feedback.",
    reason: { up: "What was good? (optional)", down: "What was wrong? (optional)" },
    send: "Send",
    notSaved: "Couldn’t save your feedback.",
  },
  suggestions: "Suggested next messages",
};

export type ReadingTexts = typeof readingEnglish;
