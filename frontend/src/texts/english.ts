import { loginEnglish } from "./login-english.ts";
import { toolNames } from "./tool-names.ts";

const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

// "28 Nov 2026, 14:51": day before month, with the month as a word, reads the same on both sides of the Atlantic.
const utcTime = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** Every text that the page shows or speaks. Its type makes the compiler ask for the same keys in each other language. */
export const english = {
  ...loginEnglish,
  cancel: "Cancel",
  close: "Close",
  copy: {
    label: "Copy",
    answer: "Copy answer",
    code: "Copy code",
    link: "Copy link",
    csv: "Copy as CSV",
    copied: "Copied",
    failed: "Couldn’t copy",
  },
  crash: {
    message: "The page crashed. Your messages are saved.",
    reload: "Reload",
    partNotLoaded: "This part of the page did not load.",
  },

  signOut: {
    question: "Sign out on this device?",
    /** `days`: how long a conversation lives without a message; null means that it stays. */
    consequence: (days: number | null) =>
      `After that, you can open your conversations only on your other devices. If there is none, nobody can open them again. ${
        days === null
          ? "They are not deleted automatically."
          : `Each is deleted ${format(days)} ${days === 1 ? "day" : "days"} after its last message.`
      }`,
    signOut: "Sign out",
    signingOut: "Signing out…",
  },

  header: {
    conversations: "Conversations",
    newChat: "New chat",
    menu: "Menu",
    demoModel: "Demo model",
    demoPlace: " — runs on this machine",
    skip: "Skip to the chat",
  },

  modelButton: {
    title: "Model and instructions",
    efforts: { low: "thinks little", medium: "thinks more", high: "thinks a lot" },
    instructions: "instructions",
  },

  menu: {
    share: "Share this chat",
    exportMarkdown: "Export chat as Markdown",
    exportJson: "Export chat as JSON",
    documents: "Documents",
    notes: "Notes",
    usage: "Usage",
    devices: "Use on another device",
    settings: "Settings",
    signOut: "Sign out",
  },

  notes: {
    notes: "Notes",
    loading: "Loading notes…",
  },

  documents: {
    document: "Document",
    attach: "Attach files",
    drop: "Drop files to attach them",
  },

  usage: {
    usage: "Usage",
    loading: "Loading usage…",
  },

  sharing: { loading: "Loading links…" },
  devices: { loading: "Loading devices…" },

  list: {
    conversations: "Conversations",
    search: "Search conversations",
    loading: "Loading…",
    empty: "No conversations yet",
    noResults: (query: string) => `No results for “${query}”`,
    deleted: (title: string) => `Deleted “${title}”`,
    undo: "Undo",
    hide: "Hide conversations",
    pinned: "Pinned",
    today: "Today",
    yesterday: "Yesterday",
    week: "Previous 7 days",
    month: "Previous 30 days",
    results: "Results",
    archived: "Archived",
    noneArchived: "No archived conversations",
    idle: (days: number) =>
      days === 1
        ? "Conversations are deleted one day after their last message."
        : `Conversations are deleted ${days} days after their last message.`,
    options: (title: string) => `Options for ${title}`,
  },

  welcome: {
    heading: "How can I help?",
    about:
      "A private chat for your team. It works with tools, and asks you before it changes anything.",
    aboutDocuments: "It can search the team’s documents and quote them.",
  },

  transcript: {
    conversation: "Conversation",
    loading: "Loading conversation…",
    loadEarlier: "Load earlier messages",
    jumpToLatest: "Jump to latest",
    /** What the model still gets of the messages above this text. */
    above: {
      summarised: "The model gets a summary of the messages above this line.",
      cut: "Messages above this line are no longer sent to the model.",
    },
    you: "You: ",
    showAll: "Show all",
    showLess: "Show less",
    sending: "Sending…",
    /** By what the message waits for. */
    queuedBehind: {
      answer: "Queued",
      decision: "Queued until you decide above",
    },
    removeQueued: "Remove",
  },

  turn: {
    answer: "Answer: ",
    reasoning: "Reasoning",
    thinking: "Thinking…",
    writing: "Writing…",
    reconnecting: "Reconnecting…",
    restarted: "The server stopped. Writing the answer again…",
    stopped: "Stopped.",
    finishedBeforeStop: "The answer finished before it could be stopped.",
    cutAtLength: "Cut off: maximum length reached.",
    fallbackModel: (model: string | null) =>
      `Answered by ${model ?? "another model"} because the usual model was unavailable.`,
    toolsMissing: "Some tools could not be reached, so the model worked without them.",
    incomplete: "The answer is incomplete.",
    /** `time`: a day and a time of day. */
    budgetUsedUp: (time: string) =>
      `The budget for answers is used up. It renews on ${time}. Your message is saved.`,
    continue: "Continue",
    /** The message that the button sends. */
    continueMessage: "Continue.",
    retry: "Retry",
    regenerate: "Regenerate",
    editMessage: "Edit message",
    decisionNeeded: "A decision is needed.",
    decisionNotLoaded: "A decision is needed, but its part of the page did not load.",
    /** Spoken when an answer starts to wait. */
    decisionNeededFor: (tools: string) => `A decision is needed: ${tools}.`,
    /** The document's title while an answer waits. */
    decisionTitle: (product: string) => `(!) Decision needed – ${product}`,
  },

  facts: {
    about: "About this answer",
    trace: "What happened",
    time: "Time",
    model: "Model",
    demoModel: "Demo model",
    tokens: "Tokens",
    tokenCount: (input: number, cached: number, output: number) =>
      `${format(input)} in${cached > 0 ? ` (${format(cached)} from cache)` : ""}, ${format(output)} out`,
    cost: "Cost",
    /** Tokens or cost that the model did not report, or that have no known price. */
    unknown: "Unknown",
    summary: "Summary of older messages",
    writtenTitle: "Title written by the model",
    free: "free",
    duration: "Duration",
    id: "Answer ID",
    attempts: "Attempts",
    attemptCount: (count: number) => `${format(count)} (restarted after a crash)`,
  },

  tools: {
    used: "Tools used",
    names: toolNames.en as Record<string, string>,
    states: {
      running: "running",
      waiting: "waiting",
      client: "waiting for the program that sent the message",
      approved: "approved",
      done: "done",
      failed: "failed",
      denied: "denied",
      expired: "not done: nobody decided in time",
      void: "not done: the answer ended first",
      unknown: "outcome unknown",
    },
    /** Shown below a call in the state `unknown`. */
    unknownOutcome:
      "It is unknown whether this happened: the server stopped at that moment. It is not retried automatically.",
    input: "Input",
    note: "Note to the model",
    result: "Result",
    repeats: "same call as before",
    usedCount: (count: number) => `Used ${format(count)} tools`,
  },

  markdown: {
    image: "image",
    table: "Table",
    code: "Code",
    formula: "Formula",
    source: (index: number, title: string) => `Source ${index}: ${title}`,
    footnotes: "Footnotes",
    footnote: (number: number) => `Footnote ${number}`,
    backToReference: (number: number) => `Back to reference ${number}`,
  },

  composer: {
    message: "Message",
    placeholder: "Write a message",
    tooLong: (excess: number, limit: number) =>
      `Too long by ${format(excess)} ${excess === 1 ? "character" : "characters"} (limit ${format(limit)}).`,
    pasteTooLong: (count: number, limit: number) =>
      `Pasted text is too long (${format(count)} of ${format(limit)} characters).`,
    charactersLeft: (count: number) =>
      `${format(count)} ${count === 1 ? "character" : "characters"} left`,
    queued: (count: number) => `${format(count)} queued`,
    queueFull: (limit: number) =>
      `Queue is full (${format(limit)}). Your message stays here until there is room.`,
    keys: "Enter to send, Shift+Enter for a new line, Esc to stop",
    touchKeys: "Enter for a new line, Send button to send, Esc to stop",
    stop: "Stop",
    stopping: "Stopping…",
    send: "Send",
  },

  context: {
    share: (percent: number) => `${percent}%`,
    atLeast: (percent: number) => `at least ${percent}%`,
    label: (share: string) => `Context of this chat: ${share} full`,
    explanation: (tokens: number, limit: number) =>
      `The model reads about ${format(tokens)} of at most ${format(limit)} tokens of this chat. The page estimates four bytes per token.`,
    whenFull:
      "From 80% on, the oldest messages are replaced by a summary. A line in the chat marks the place.",
  },

  notices: {
    ...loginEnglish.notices,
    offline: "You’re offline. We’ll reconnect automatically; nothing is lost.",
    afterWait: {
      ...loginEnglish.notices.afterWait,
      sendAgain: {
        now: "Your draft is saved; you can send it now.",
        soon: "Your draft is saved; you can send it soon.",
        before: "Your draft is saved; send it in ",
        after: ".",
      },
      reconnect: {
        now: "Reconnecting now.",
        soon: "Reconnecting soon.",
        before: "Reconnecting in ",
        after: ".",
      },
    },
  },

  /** By the `type` of a problem. For any other type the page shows the service's own `detail`. */
  problems: {
    ...loginEnglish.problems,
    not_found: "Conversation not found, or not yours. Your next message starts a new one.",
    branch_not_shown: "Couldn’t show the other version. This is still the one before.",
    queue_full: "Queue is full. Your message stays here until there is room.",
    too_many_open_turns:
      "Too many queued messages in your conversations. Open these conversations to get answers, or delete them. Your draft is saved.",
    too_many_pinned: "You can pin 50 conversations. Unpin one first.",
    too_many_conversations:
      "You’ve reached the maximum number of conversations. Delete some to make room. Your draft is saved.",
    storage_full:
      "Your storage is full. Delete some conversations to make room. Your draft is saved.",
    quota_exceeded: "Daily usage limit reached. Try again tomorrow.",
    model_busy: "The model is busy. Try again in a moment.",
    model_failed: "The model couldn’t answer.",
    model_unavailable:
      "The model is unavailable. This isn’t about your message; the operators have been notified.",
    deadline_exceeded: "The answer timed out.",
    budget_exhausted: "The answer reached its cost limit. Ask for a smaller part.",
    attempts_exhausted: "No answer after several attempts.",
    already_decided: "Someone else decided this step differently.",
    approval_expired: "Nobody decided in time. This step will not be done.",
    approval_changed: "This step has changed or no longer needs a decision.",
  },

  export: {
    fileName: "conversation",
    shownVersions: "Of messages with several versions, this file has the ones that were shown.",
    started: (time: Date) => `Started ${utcTime.format(time)} UTC`,
    message: "Message",
    answer: "Answer",
    answerBy: (model: string) => `Answer (${model})`,
    states: {
      queued: "queued",
      running: "running",
      waiting: "needs a decision",
      done: "done",
      failed: "failed",
      stopped: "stopped",
    },
  },
};

export type Texts = typeof english;
