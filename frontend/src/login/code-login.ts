import * as v from "valibot";
import { ApiProblem } from "../api/api-problem.ts";
import { requestJson } from "../api/request.ts";
import { logout } from "../api/session.ts";
import { codeLoginEnglish } from "../texts/code-login-english.ts";
import { codeLoginGerman } from "../texts/code-login-german.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import button from "../ui/button.module.css";
import { toNotice } from "../ui/notice.ts";
import { element } from "./element.ts";
import type { LoginWay } from "./login-page.ts";
import { problemLine } from "./problem-line.ts";
import { card } from "./session-check.ts";

const catalogues = { en: codeLoginEnglish, de: codeLoginGerman };

/** Returns the way to sign in with a code that another device shows. */
export function codeWay(texts: LoginTexts, code: string): LoginWay {
  const words = catalogues[texts.language];
  const problems = { ...texts.problems, invalid_code: words.invalidCode };
  return {
    field: {
      id: "code",
      type: "text",
      autocomplete: "one-time-code",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: "64",
      value: code,
    },
    label: words.code,
    greeting: words.greeting,
    otherWay: words.usePassword,
    problems,
    async send(typed) {
      const body = { code: typed };
      await requestJson("/api/v1/device-logins", v.object({}), { method: "POST", body });
    },
  };
}

/** Returns the page for a signed-in browser that opens a link with a code: one browser has one owner. */
export function createCodeQuestion(
  texts: LoginTexts,
  { onKeep, onSignedOut }: { onKeep: () => void; onSignedOut: () => void },
): HTMLElement {
  const words = catalogues[texts.language];
  const keep = element("button", { class: button.primary, type: "button" }, words.keepChats);
  const change = element("button", { class: button.quiet, type: "button" }, words.switchChats);
  const failure = element("div", {});

  async function signOut(): Promise<void> {
    change.disabled = true;
    try {
      await logout();
      onSignedOut();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      change.disabled = false;
      failure.replaceChildren(problemLine(toNotice(error), texts));
    }
  }

  keep.addEventListener("click", onKeep);
  change.addEventListener("click", () => void signOut());
  const question = element("p", {}, words.alreadySignedIn);
  return card(texts, question, keep, change, failure);
}
