import { useState } from "react";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { storedText } from "#frontend/ui/stored-text.ts";
import styles from "./reading-tools.module.css";

/** What the browser's maker may get to hear or read. */
type Service = "speech" | "dictation";

const stores = {
  speech: storedText("localStorage", "agreed-to-speech"),
  dictation: storedText("localStorage", "agreed-to-dictation"),
};

/** Runs an action that the browser's maker may take part in once the person has read so. This browser remembers the agreement. */
export function useConsent(service: Service, note: string) {
  const [pending, setPending] = useState<(() => void) | null>(null);
  return {
    ask(action: () => void): void {
      if (stores[service].read() === null) setPending(() => action);
      else action();
    },
    note: pending && (
      <ConsentNote
        note={note}
        onAgree={() => {
          stores[service].write("yes");
          setPending(null);
          pending();
        }}
        onCancel={() => setPending(null)}
      />
    ),
  };
}

function ConsentNote({
  note,
  onAgree,
  onCancel,
}: {
  note: string;
  onAgree: () => void;
  onCancel: () => void;
}) {
  const { agree } = useReadingTexts();
  const { cancel } = useTexts();
  return (
    <div className={styles.consent} data-wide>
      <p role="alert">{note}</p>
      {/* biome-ignore lint/a11y/noAutofocus: the note answers the button that the person pressed */}
      <button className={button.quiet} type="button" autoFocus onClick={onAgree}>
        {agree}
      </button>
      <button className={button.quiet} type="button" onClick={onCancel}>
        {cancel}
      </button>
    </div>
  );
}
