import type { LoginTexts } from "../texts/login-english.ts";
import type { Notice } from "../ui/notice.ts";
import styles from "../ui/notice-line.module.css";
import { describeProblem, formatWait } from "../ui/problem-texts.ts";
import { countDown, secondsLeft } from "../ui/seconds-left.ts";
import { element } from "./element.ts";

/** Returns a problem in the page's words, with a countdown if the notice has a time. `NoticeLine` is the same in the chat. */
export function problemLine({ problem, until }: Notice, texts: LoginTexts): HTMLElement {
  const text = element("p", { role: "alert" }, describeProblem(problem, texts), " ");
  if (until !== null) text.append(countdown(until, texts));
  return element("div", { class: styles.line }, text);
}

/** Counts down for the eye. A screen reader announces only its start and its end. */
function countdown(until: number, texts: LoginTexts): HTMLElement {
  const { now, soon, before, after } = texts.notices.afterWait.tryAgain;
  const figure = element("strong", { class: styles.figure });
  const line = element(
    "span",
    {},
    element("span", { class: "spoken" }, soon),
    element("span", { "aria-hidden": "true" }, before, figure, after),
  );
  countDown(until, () => {
    const seconds = secondsLeft(until);
    if (seconds === 0) line.replaceChildren(now);
    else figure.textContent = formatWait(seconds, texts);
  });
  return line;
}
