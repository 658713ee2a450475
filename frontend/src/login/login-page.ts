import { ApiProblem } from "../api/api-problem.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import button from "../ui/button.module.css";
import { toNotice } from "../ui/notice.ts";
import { countDown, secondsLeft } from "../ui/seconds-left.ts";
import { slowHintDelayMs } from "../ui/slow-hint-delay.ts";
import { element, setAttribute } from "./element.ts";
import styles from "./login-page.module.css";
import { problemLine } from "./problem-line.ts";

export type LoginReason = keyof LoginTexts["login"]["greeting"];

interface LoginPageOptions {
  texts: LoginTexts;
  reason: LoginReason;
  /** Throws an `ApiProblem` if the person is not signed in afterwards. */
  signIn: (password: string) => Promise<void>;
}

/** Returns the login page, and the field that gets the focus. */
export function createLoginPage({ texts, reason, signIn }: LoginPageOptions) {
  const { login, product, startingUp } = texts;
  const field = element("input", {
    class: styles.password,
    id: "password",
    name: "password",
    type: "password",
    autocomplete: "current-password",
    maxlength: "256",
    required: true,
  });
  const submit = element("button", { class: button.primary, type: "submit" }, login.signIn);
  const hint = element("p", { class: styles.hint, role: "status" });
  const failure = element("div", { id: "login-failure" });
  const form = element(
    "form",
    // Without the script, a browser would put the password into the address.
    { class: styles.card, method: "post" },
    element("h1", { class: styles.name }, product),
    element("p", { class: styles.greeting }, login.greeting[reason]),
    // Password managers need a user name, although the whole team shares one password.
    element("input", {
      type: "text",
      name: "username",
      autocomplete: "username",
      value: "team",
      readonly: true,
      hidden: true,
    }),
    element("label", { class: styles.label, for: "password" }, login.password),
    field,
    submit,
    hint,
    failure,
  );
  const hints = { capsLock: "", slow: "" };
  let isSending = false;
  let blockedUntil: number | null = null;
  let slowHint: ReturnType<typeof setTimeout> | undefined;

  function showHint(change: Partial<typeof hints>): void {
    Object.assign(hints, change);
    const text = `${hints.capsLock} ${hints.slow}`.trim();
    // A screen reader speaks a text again that is set again.
    if (hint.textContent !== text) hint.textContent = text;
  }

  function setSending(value: boolean): void {
    isSending = value;
    setAttribute(submit, "aria-disabled", value && "true");
    submit.textContent = value ? login.signingIn : login.signIn;
    clearTimeout(slowHint);
    showHint({ slow: "" });
    if (value) slowHint = setTimeout(() => showHint({ slow: startingUp }), slowHintDelayMs);
  }

  function showFailure(problem: ApiProblem | null): void {
    const notice = problem === null ? null : toNotice(problem);
    setAttribute(field, "aria-invalid", problem?.type === "invalid_password" && "true");
    setAttribute(field, "aria-describedby", problem !== null && failure.id);
    failure.replaceChildren(...(notice === null ? [] : [problemLine(notice, texts)]));
    blockedUntil = notice?.until ?? null;
    submit.disabled = secondsLeft(blockedUntil) > 0;
    if (blockedUntil === null) return;
    const until = blockedUntil;
    countDown(until, () => {
      submit.disabled = secondsLeft(until) > 0;
    });
  }

  async function send(): Promise<void> {
    if (isSending || secondsLeft(blockedUntil) > 0) return;
    setSending(true);
    showFailure(null);
    try {
      await signIn(field.value);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      showFailure(error);
      field.select();
    } finally {
      setSending(false);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  field.addEventListener("keyup", (event) => {
    // Password managers dispatch synthetic events without `getModifierState`.
    showHint({ capsLock: event.getModifierState?.("CapsLock") ? login.capsLock : "" });
  });
  return { page: element("main", { class: styles.page }, form), field };
}
