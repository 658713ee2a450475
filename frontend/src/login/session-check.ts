import type { ApiProblem } from "../api/api-problem.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import button from "../ui/button.module.css";
import { describeProblem } from "../ui/problem-texts.ts";
import { slowHintDelayMs } from "../ui/slow-hint-delay.ts";
import { element, find } from "./element.ts";

/** Says after a while, on the outline of the chat, that the service starts. */
export function startCheckPage(page: HTMLElement, { startingUp }: LoginTexts): void {
  setTimeout(() => find(page, "[role=status]").append(startingUp), slowHintDelayMs);
}

/** Returns the page for a browser that may have a session, but cannot find out, or cannot load the chat. */
export function createUnreachablePage(
  problem: ApiProblem,
  texts: LoginTexts,
  onRetry: () => void,
): HTMLElement {
  const retry = element("button", { class: button.primary, type: "button" }, texts.tryAgain);
  retry.addEventListener("click", onRetry);
  const what = element("p", { role: "alert" }, describeProblem(problem, texts));
  const page = card(texts, what, retry);
  const onOnline = () => {
    if (page.isConnected) onRetry();
  };
  window.addEventListener("online", onOnline, { once: true });
  return page;
}

/** Returns a page of one card, like the login. */
export const card = (texts: LoginTexts, ...content: Node[]) =>
  element(
    "main",
    { class: "login" },
    element("div", { class: "login-card" }, element("h1", {}, texts.product), ...content),
  );
