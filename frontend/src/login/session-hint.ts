import { storedText } from "../ui/stored-text.ts";

/**
 * Whether this browser probably has a session. Scripts cannot read the session's cookie, and the hint is only a guess: with it
 * the page loads the chat beside `GET /api/me`, without it the page shows the login before the response.
 */
export const sessionHint = {
  read: (): boolean => stored.read() !== null,
  write: (hasSession: boolean): void => stored.write(hasSession ? "yes" : null),
};

const stored = storedText("localStorage", "signed-in");
