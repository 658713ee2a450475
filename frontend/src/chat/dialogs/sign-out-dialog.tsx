import { useEffect, useRef } from "react";
import { logout } from "#frontend/api/session.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { NoticeLine } from "#frontend/ui/notice-line.tsx";
import { useRequests } from "#frontend/ui/use-requests.ts";
import styles from "./sign-out-dialog.module.css";

/** Asks for confirmation, because after signing out only the owner's other devices can open the conversations. */
export function SignOutDialog({
  idleDays,
  onCancel,
  onSigningOut,
  onSignedOut,
}: {
  idleDays: number | null;
  onCancel: () => void;
  /** Completes what is impossible after signing out. */
  onSigningOut: () => Promise<void>;
  onSignedOut: () => void;
}) {
  const { signOut: texts, cancel } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  // The session may have ended already.
  const { failure, isRunning, run } = useRequests(onSignedOut);

  useEffect(() => dialog.current?.showModal(), []);

  const signOut = () =>
    run(async () => {
      await onSigningOut();
      await logout();
      onSignedOut();
    });

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="sign-out-question"
      aria-describedby="sign-out-warning"
      onClose={onCancel}
    >
      <h2 id="sign-out-question">{texts.question}</h2>
      <p id="sign-out-warning">{texts.consequence(idleDays)}</p>
      {failure && <NoticeLine notice={failure} then="tryAgain" />}
      <div className={styles.choices}>
        <button className={button.quiet} type="button" onClick={() => dialog.current?.close()}>
          {cancel}
        </button>
        <button
          className={button.danger}
          type="button"
          disabled={isRunning}
          onClick={() => void signOut()}
        >
          {isRunning ? texts.signingOut : texts.signOut}
        </button>
      </div>
    </dialog>
  );
}
