import type { ApiProblem } from "../api/api-problem.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import button from "../ui/button.module.css";
import { describeProblem } from "../ui/problem-texts.ts";
import { slowHintDelayMs } from "../ui/slow-hint-delay.ts";
import { element } from "./element.ts";
import styles from "./login-page.module.css";

/** Returns the page during the first request. Stays empty unless the request takes long. */
export function createCheckPage({ startingUp }: LoginTexts): HTMLElement {
  const status = element("p", { role: "status" });
  setTimeout(() => status.append(startingUp), slowHintDelayMs);
  return element("main", { class: styles.page }, status);
}

/** Returns the page for a browser that may have a session, but cannot find out, or cannot load the chat. */
export function createUnreachablePage(
  problem: ApiProblem,
  texts: LoginTexts,
  onRetry: () => void,
): HTMLElement {
  const retry = element("button", { class: button.primary, type: "button" }, texts.tryAgain);
  retry.addEventListener("click", onRetry);
  const what = element(
    "p",
    { class: styles.greeting, role: "alert" },
    describeProblem(problem, texts),
  );
  return card(texts, what, retry);
}

/** Returns a page of one card, like the login. */
export const card = (texts: LoginTexts, ...content: Node[]) =>
  element(
    "main",
    { class: styles.page },
    element(
      "div",
      { class: styles.card },
      element("h1", { class: styles.name }, texts.product),
      ...content,
    ),
  );
