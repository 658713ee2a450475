/** The texts of links to conversations: their dialog, and the page that a link opens. Load with these, in every language. */
export const shareEnglish = {
  explanation:
    "Whoever has the link can read this chat as it is now, without signing in. Later messages are not shown.",
  days: "Valid for",
  dayCount: (count: number) => `${count} ${count === 1 ? "day" : "days"}`,
  withTools: "Show the inputs and results of tools",
  create: "Create link",
  creating: "Creating the link…",
  links: (count: number) =>
    count === 0
      ? "No links to this chat"
      : `${count} ${count === 1 ? "link" : "links"} to this chat`,
  list: "Links",
  madeAt: (time: string) => `Created ${time}`,
  expiresAt: (time: string) => `Expires ${time}`,
  hasTools: "With tools",
  remove: "Delete link",
  sharedChat: "Shared chat",
  asOf: (time: string) => `As of ${time}`,
  loading: "Loading the chat…",
  unknown: "This link is invalid or has expired.",
  openChat: "Open the chat",
  earlier: "Load earlier messages",
  continue: "Continue from here",
  continuing: "Copying…",
  continueNote: "Makes a copy in your own chats. The original stays as it is.",
  message: "Message",
  answer: "Answer",
  tools: "Tools",
  sources: "Sources",
};

export type ShareTexts = typeof shareEnglish;
