import type { Language } from "./language.ts";

/**
 * The texts that the page needs before the chat: the login, and the check of the session. Every browser loads them in each
 * language. Keep a text of the chat in `english.ts`.
 */
export const loginEnglish = {
  /** The language of this catalogue, as a BCP 47 tag. */
  language: "en" as Language,
  product: "Enterprise Agentic AI",
  tryAgain: "Try again",
  startingUp: "Starting up; this takes a few seconds.",

  login: {
    /** By the reason why the login page is shown. */
    greeting: {
      firstVisit: "Sign in with your team’s password.",
      sessionExpired: "Your session expired. Sign in to continue; your draft is saved.",
      signedOut: "You’re signed out.",
      deleted: "Everything of yours was deleted.",
    },
    password: "Password",
    show: "Show",
    hide: "Hide",
    showPassword: "Show password",
    hidePassword: "Hide password",
    capsLock: "Caps Lock is on.",
    signIn: "Sign in",
    signingIn: "Signing in…",
    useCode: "Use a code from another device",
  },

  notices: {
    /** What happens after a countdown: `before` and `after` enclose the time, a screen reader speaks `soon` instead. */
    afterWait: {
      tryAgain: {
        now: "You can try again now.",
        soon: "You can try again soon.",
        before: "Try again in ",
        after: ".",
      },
    },
    seconds: (count: number) => `${count} s`,
    minutes: (text: string) => `${text} min`,
  },

  /** By the `type` of a problem. */
  problems: {
    invalid_password: "Wrong password. Try again.",
    forbidden: "Request blocked. Try reloading the page.",
    cross_site: "Request blocked. Try reloading the page.",
    rate_limited: "Too many requests.",
    service_unavailable: "The service is temporarily unavailable.",
    gateway_timeout: "The server took too long to respond.",
    internal_error: "Something went wrong on our side.",
    cookies_blocked: "Your browser blocks this site’s cookies. Allow them to sign in.",
    unreachable: "Can’t reach the server. Check your connection.",
    unreadable: "Unexpected response from the server. Try reloading the page.",
  },
  internalError: (requestId: string | undefined) =>
    requestId === undefined
      ? "Something went wrong on our side. Try again."
      : `Something went wrong on our side. If this keeps happening, quote this ID: ${requestId}`,
};

export type LoginTexts = typeof loginEnglish;
