import { ApiProblem } from "../api/api-problem.ts";
import { login as sendPassword } from "../api/session.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import button from "../ui/button.module.css";
import { toNotice } from "../ui/notice.ts";
import { countDown, secondsLeft } from "../ui/seconds-left.ts";
import { slowHintDelayMs } from "../ui/slow-hint-delay.ts";
import { type Attributes, element, setAttribute } from "./element.ts";
import styles from "./login-page.module.css";
import { problemLine } from "./problem-line.ts";

export type LoginReason = keyof LoginTexts["login"]["greeting"];

/** What a person signs in with: the password, or a code of another device. */
export interface LoginWay {
  field: Attributes;
  label: string;
  /** The button that shows the other way. */
  otherWay: string;
  problems: LoginTexts["problems"];
  send: (secret: string) => Promise<void>;
}

interface LoginPageOptions {
  texts: LoginTexts;
  reason: LoginReason;
  way: LoginWay;
  onOtherWay: () => void;
  /** Throws an `ApiProblem` if the person is not signed in afterwards. */
  signIn: (send: () => Promise<void>) => Promise<void>;
}

export const passwordWay = ({ login, problems }: LoginTexts): LoginWay => ({
  field: {
    id: "password",
    name: "password",
    type: "password",
    autocomplete: "current-password",
    maxlength: "256",
  },
  label: login.password,
  otherWay: login.useCode,
  problems,
  send: sendPassword,
});

/** Returns the login page, and the field that gets the focus. */
export function createLoginPage({ texts, reason, way, onOtherWay, signIn }: LoginPageOptions) {
  const { login, product, startingUp } = texts;
  const field = element("input", { class: styles.password, required: true, ...way.field });
  const submit = element("button", { class: button.primary, type: "submit" }, login.signIn);
  const otherWay = element("button", { class: button.plain, type: "button" }, way.otherWay);
  otherWay.addEventListener("click", onOtherWay);
  const hint = element("p", { class: styles.hint, role: "status" });
  const failure = element("div", { id: "login-failure" });
  const form = element(
    "form",
    // Without the script, a browser would put the password into the address.
    { class: styles.card, method: "post" },
    element("h1", { class: styles.name }, product),
    element("p", { class: styles.greeting }, login.greeting[reason]),
    ...(field.name ? [teamName()] : []),
    element("label", { class: styles.label, for: field.id }, way.label),
    field,
    submit,
    hint,
    failure,
    otherWay,
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
    setAttribute(field, "aria-invalid", problem?.status === 401 && "true");
    setAttribute(field, "aria-describedby", problem !== null && failure.id);
    failure.replaceChildren(
      ...(notice === null ? [] : [problemLine(notice, { ...texts, problems: way.problems })]),
    );
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
      await signIn(() => way.send(field.value));
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
    const isOn = field.name && event.getModifierState?.("CapsLock");
    showHint({ capsLock: isOn ? login.capsLock : "" });
  });
  return { page: element("main", { class: styles.page }, form), field };
}

/** Password managers need a user name, although the whole team shares one password. */
const teamName = () =>
  element("input", {
    type: "text",
    name: "username",
    autocomplete: "username",
    value: "team",
    readonly: true,
    hidden: true,
  });
