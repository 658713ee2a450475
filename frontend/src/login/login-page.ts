import { ApiProblem } from "../api/api-problem.ts";
import { login as sendPassword } from "../api/session.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import { toNotice } from "../ui/notice.ts";
import { countDown, secondsLeft } from "../ui/seconds-left.ts";
import { slowHintDelayMs } from "../ui/slow-hint-delay.ts";
import { type Attributes, find, setAttribute } from "./element.ts";
import "./login-page.css";
import { problemLine } from "./problem-line.ts";

export type LoginReason = keyof LoginTexts["login"]["greeting"];

/** What a person signs in with: the password, or a code of another device. */
export interface LoginWay {
  field: Attributes;
  label: string;
  /** What the first visit says, instead of the sentence about the password. */
  greeting?: string;
  /** The button that shows the other way. */
  otherWay: string;
  problems: LoginTexts["problems"];
  send: (secret: string) => Promise<void>;
}

interface LoginPageOptions {
  texts: LoginTexts;
  reason: LoginReason;
  way: LoginWay;
  /** Absent: the page has no button for another way. */
  onOtherWay?: () => void;
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

/** Makes the login of index.html or operator.html work. Keeps what a person has typed before. Returns the field that gets the focus. */
export function startLoginPage(
  page: HTMLElement,
  { texts, reason, way, onOtherWay, signIn }: LoginPageOptions,
): HTMLInputElement {
  const { login, startingUp } = texts;
  const form = find(page, "form");
  const field = find(page, "input:not([hidden])");
  const show = find(page, "button[data-text=show]");
  const submit = find(page, "button[type=submit]");
  const hint = find(page, "[role=status]");
  const failure = find(page, "#login-failure");
  const label = find(page, "label");
  const isPassword = way.field.type === "password";
  find(page, "[data-text=greeting]").textContent =
    (reason === "firstVisit" && way.greeting) || login.greeting[reason];
  label.textContent = way.label;
  label.htmlFor = String(way.field.id);
  submit.textContent = login.signIn;
  if (onOtherWay) {
    const otherWay = find(page, "button[data-text=other]");
    otherWay.textContent = way.otherWay;
    otherWay.addEventListener("click", onOtherWay);
  }
  // Without the script, a browser would put the password into the address.
  form.method = "post";
  setAttribute(field, "name", undefined);
  for (const [name, value] of Object.entries(way.field)) setAttribute(field, name, value);
  if (!isPassword) {
    find(page, "input[name=username]").remove();
    show.remove();
  }
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
    // Password managers must not take the password for another text.
    setShown(false);
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

  function setShown(isShown: boolean): void {
    if (!isPassword) return;
    field.type = isShown ? "text" : "password";
    show.textContent = isShown ? login.hide : login.show;
    show.title = isShown ? login.hidePassword : login.showPassword;
  }

  setShown(false);
  show.addEventListener("click", () => setShown(field.type === "password"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  field.addEventListener("keyup", (event) => {
    // Password managers dispatch synthetic events without `getModifierState`.
    const isOn = field.name && event.getModifierState?.("CapsLock");
    showHint({ capsLock: isOn ? login.capsLock : "" });
  });
  return field;
}
