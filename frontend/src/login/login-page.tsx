import { type FormEvent, useState } from "react";
import { ApiProblem } from "../api/api-problem.ts";
import { login } from "../api/client.ts";
import type { Texts } from "../texts/english.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import { SlowHint } from "../ui/slow-hint.tsx";
import { useSecondsLeft } from "../ui/use-seconds-left.ts";
import styles from "./login-page.module.css";

export function LoginPage({
  reason,
  onSignedIn,
}: {
  reason: keyof Texts["login"]["greeting"];
  onSignedIn: () => Promise<void>;
}) {
  const { login: texts, product } = useTexts();
  const [isSending, setIsSending] = useState(false);
  const [hasCapsLock, setHasCapsLock] = useState(false);
  const [failure, setFailure] = useState<Notice | null>(null);
  const secondsLeft = useSecondsLeft(failure?.until ?? null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isSending || secondsLeft > 0) return;
    const form = event.currentTarget;
    const password = String(new FormData(form).get("password"));
    setIsSending(true);
    setFailure(null);
    try {
      await login(password);
      await onSignedIn();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setFailure(toNotice(error));
      form.querySelector<HTMLInputElement>("#password")?.select();
    } finally {
      setIsSending(false);
    }
  };

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)}>
        <h1 className={styles.name}>{product}</h1>
        <p className={styles.greeting}>{texts.greeting[reason]}</p>
        {/* Password managers need a user name, although the whole team shares one password. */}
        <input type="text" name="username" autoComplete="username" value="team" readOnly hidden />
        <label className={styles.label} htmlFor="password">
          {texts.password}
        </label>
        <input
          className={styles.password}
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={256}
          required
          // biome-ignore lint/a11y/noAutofocus: the page has only this field
          autoFocus
          // Password managers dispatch synthetic events without `getModifierState`.
          onKeyUp={({ nativeEvent }) =>
            setHasCapsLock(nativeEvent.getModifierState?.("CapsLock") ?? false)
          }
          aria-invalid={failure?.problem.type === "invalid_password"}
          aria-describedby={failure ? "login-failure" : undefined}
        />
        <button
          className={button.primary}
          type="submit"
          disabled={secondsLeft > 0}
          aria-disabled={isSending}
        >
          {isSending ? texts.signingIn : texts.signIn}
        </button>
        <p className={styles.hint} role="status">
          {hasCapsLock && texts.capsLock}
          {isSending && <SlowHint />}
        </p>
        <div id="login-failure">{failure && <NoticeLine notice={failure} then="tryAgain" />}</div>
      </form>
    </main>
  );
}
