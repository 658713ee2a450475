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
  because,
  onSignedIn,
}: {
  because: keyof Texts["login"]["greeting"];
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
        <p className={styles.greeting}>{texts.greeting[because]}</p>
        {/* Password managers file a password under a name, even where everybody shares it. */}
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
          // biome-ignore lint/a11y/noAutofocus: it is the only thing to do on this page
          autoFocus
          // Password managers send events of their own, which know no keys.
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
