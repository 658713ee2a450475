import { useEffect, useRef, useState } from "react";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { logout } from "#frontend/api/session.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { type Notice, toNotice } from "#frontend/ui/notice.ts";
import { NoticeLine } from "#frontend/ui/notice-line.tsx";
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
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<Notice | null>(null);

  useEffect(() => dialog.current?.showModal(), []);

  const signOut = async () => {
    setIsSending(true);
    setFailure(null);
    try {
      await onSigningOut();
      await logout();
      onSignedOut();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      // The session has ended already.
      if (error.status === 401) return onSignedOut();
      setFailure(toNotice(error));
      setIsSending(false);
    }
  };

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
          disabled={isSending}
          onClick={() => void signOut()}
        >
          {isSending ? texts.signingOut : texts.signOut}
        </button>
      </div>
    </dialog>
  );
}
