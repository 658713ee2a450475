import { isolated } from "./isolated.ts";

const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** Every text of the page that a person can see or hear. What it says is what the compiler asks of each other language. */
export const english = {
  /** Of these texts, as BCP 47 names it. */
  language: "en",
  product: "Enterprise Agentic AI",
  tryAgain: "Try again",
  cancel: "Cancel",
  close: "Close",
  copy: { label: "Copy", answer: "Copy answer", code: "Copy code" },
  copied: "Copied",
  copyRefused: "Couldn’t copy",
  slow: "The service has been asleep and is waking up; this takes a few seconds.",
  broken: {
    words: "This page has come to a halt. What you have said is kept by the service.",
    reload: "Load it again",
  },

  login: {
    greeting: {
      never: "Sign in with your team’s password.",
      ended: "Your session has ended. Sign in again to go on where you were; your draft is kept.",
      asked: "You are signed out.",
    },
    password: "Password",
    capsLock: "Caps Lock is on.",
    signIn: "Sign in",
    signingIn: "Signing in…",
  },

  signOut: {
    question: "Sign out?",
    warning:
      "This browser’s conversations go out of reach for good: nobody can open them again, not even you.",
    stay: "Stay",
    signOut: "Sign out",
    signingOut: "Signing out…",
  },

  header: {
    conversations: "Conversations",
    newChat: "New Chat",
    more: "More",
    demo: "Demo model",
    demoPlace: " — runs on this machine",
  },

  menu: {
    saveMarkdown: "Save as Markdown",
    saveJson: "Save as JSON",
    colours: "Colours",
    themes: { system: "System", light: "Light", dark: "Dark" },
    language: "Language",
    signOut: "Sign out",
  },

  list: {
    conversations: "Conversations",
    search: "Search conversations",
    loadAgain: "Load the list again",
    loading: "Loading…",
    empty: "Your conversations will be here.",
    nothingFound: "No conversation holds these words.",
    older: "Show older",
    deleted: (title: string) => `“${isolated(title)}” is deleted.`,
    undo: "Undo",
    rename: "Rename",
    delete: "Delete",
    title: "Title",
    renameIt: (title: string) => `Rename ${title}`,
    deleteIt: (title: string) => `Delete ${title}`,
  },

  welcome: {
    question: "What can I do for you?",
    beginnings: ["Hello, my name is …", "What is 12.5% of 480?", "What time is it in Tokyo?"],
  },

  transcript: {
    conversation: "Conversation",
    loading: "Loading the conversation…",
    earlier: "Show earlier messages",
    newest: "Newest",
    above: {
      summarised: "The model knows what is above from a summary.",
      cut: "The model no longer reads what is above.",
    },
    you: "You: ",
    showAll: "Show all",
    showLess: "Show less",
    sending: "Sending…",
    waiting: "Waiting for the answer before it.",
    takeBack: "Take it back",
  },

  turn: {
    answer: "Answer: ",
    reasoning: "Reasoning",
    thinking: "Thinking…",
    writing: "Writing…",
    reconnecting: "Reconnecting…",
    takenOver: "Taken over after an interruption.",
    stopped: "Stopped.",
    answeredBeforeStop: "It was answered before it could be stopped.",
    cutAtLength: "This answer has reached its greatest length.",
    fallbackModel: (model: string | null) =>
      `Answered by ${model ?? "another model"}; the usual one was not available.`,
    unfinished: "This answer could not be finished.",
    continue: "Continue",
    /** What is sent for the person who presses it. */
    continueMessage: "Continue.",
    retry: "Retry",
    answerAgain: "Answer again",
    editMessage: "Edit message",
  },

  facts: {
    about: "About this answer",
    time: "Time",
    model: "Model",
    demo: "Demo model",
    tokens: "Tokens",
    tokenCount: (input: number, cached: number, output: number) =>
      `${format(input)} in${cached > 0 ? ` (${format(cached)} from cache)` : ""}, ${format(output)} out`,
    cost: "Cost",
    /** Tokens or cost that the model did not report, or that have no known price. */
    unknown: "Unknown",
    summary: "Older messages were summarised",
    free: "free",
    duration: "Duration",
    attempts: "Attempts",
    attemptCount: (count: number) => `${count}, taken over after an interruption`,
  },

  tools: {
    used: "Tools used",
    names: { calculator: "Calculator", current_time: "Current time" },
    states: { running: "running", done: "done", failed: "failed" },
    input: "Input",
    result: "Result",
    milliseconds: (count: number) => `${format(count)} ms`,
  },

  markdown: {
    image: "image",
    table: "Table",
    code: "Code",
    formula: "Formula",
    footnotes: "Footnotes",
    footnote: (number: number) => `Footnote ${number}`,
    backToFootnoteCall: (number: number) => `Back to where footnote ${number} is mentioned`,
  },

  composer: {
    message: "Message",
    placeholder: "Write a message",
    editing: "Editing your last message: sending replaces it and its answer.",
    tooMany: (count: number, limit: number) =>
      `${format(count)} characters too many: ${format(limit)} can be sent at once. Shorten it, or send it in parts.`,
    leftOut: (count: number, limit: number) =>
      `That text has ${format(count)} characters and was left out: ${format(limit)} can be sent at once.`,
    left: (count: number) => `${format(count)} characters left`,
    waiting: (count: number) =>
      count === 1 ? "1 message waits" : `${format(count)} messages wait`,
    queueFull: (limit: number) =>
      `${format(limit)} messages wait for their answers. Yours stays here until the first is answered.`,
    keys: "Enter sends, Shift and Enter begins a new line, Escape stops the answer.",
    touchKeys: "Enter begins a new line, the button Send sends, Escape stops the answer.",
    stop: "Stop",
    stopping: "Stopping…",
    send: "Send",
  },

  notices: {
    offline: "You are offline. Nothing is lost; this page goes on when the network is back.",
    loadAgain: "Load the conversation again",
    /** What is possible once a countdown is over: told at once, spoken when it begins, and around the figure. */
    afterWait: {
      tryAgain: {
        now: "You can try again now.",
        soon: "You can try again soon.",
        before: "You can try again in ",
        after: ".",
      },
      sendAgain: {
        now: "Your message is kept; you can send it again now.",
        soon: "Your message is kept; you can send it again soon.",
        before: "Your message is kept; you can send it again in ",
        after: ".",
      },
      goesOn: {
        now: "The answer goes on now.",
        soon: "The answer goes on soon.",
        before: "The answer goes on in ",
        after: ".",
      },
    },
    seconds: (count: number) => `${count} s`,
    minutes: (text: string) => `${text} min`,
  },

  /** By the `type` of a problem; what is not here is told in the service's own words. */
  problems: {
    invalid_password: "This is not the right password.",
    forbidden: "The service has turned this page away. Reloading it may help.",
    cross_site: "The service has turned this page away. Reloading it may help.",
    not_found: "Conversation not found, or not yours. Your next message starts a new one.",
    queue_full:
      "Ten messages are waiting for their answers already. Please wait for the first of them.",
    not_replaceable:
      "Something newer has been said since. Your message is kept; sending it adds it at the end.",
    too_many_open_turns:
      "Too many of your messages in all conversations are waiting for answers. Open those conversations to have them answered, or delete them. Your message is kept.",
    too_many_conversations:
      "You have as many conversations as this service keeps for you. Delete some that you no longer need. Your message is kept.",
    storage_full:
      "Your conversations have used up the space that this service has for you. Delete some that you no longer need. Your message is kept.",
    rate_limited: "That was a lot in a short time.",
    quota_exceeded: "What this service may spend in a day is used up. Tomorrow it goes on.",
    service_unavailable: "The service needs a moment; nothing is lost.",
    gateway_timeout: "The service took too long to answer.",
    model_busy: "The model is busy just now. Please try again in a moment.",
    model_failed: "The model could not answer.",
    model_unavailable:
      "The model is not available right now. Your message is fine; the people who run this service have been notified.",
    deadline_exceeded: "This answer took too long and was ended.",
    attempts_exhausted: "This message could not be answered, though it was tried several times.",
    internal_error: "Something went wrong on our side.",
    unreachable: "The service cannot be reached from here just now.",
    unreadable: "Something between this page and the service went wrong. Reloading may help.",
  },
  internalError: (requestId: string | undefined) =>
    requestId === undefined
      ? "Something went wrong on our side. Please try again."
      : `Something went wrong on our side. If it stays so, please tell us this number: ${requestId}.`,

  export: {
    fileName: "conversation",
    begun: (time: string) => `Begun ${time}`,
    message: "Message",
    answer: "Answer",
    answerOf: (model: string) => `Answer of ${model}`,
    states: {
      queued: "queued",
      running: "running",
      done: "done",
      failed: "failed",
      stopped: "stopped",
    },
  },
};

export type Texts = typeof english;
