import { useState } from "react";
import { useDemoTexts } from "#frontend/texts/use-demo-texts.ts";
import { storedText } from "#frontend/ui/stored-text.ts";
import styles from "./demo-banner.module.css";

const dismissal = storedText("sessionStorage", "demo-banner");

/** Says that no language model answers, and where to read how to connect one. Dismissed until the tab closes. */
export function DemoBanner({ guideUrl }: { guideUrl: string }) {
  const texts = useDemoTexts();
  const [isDismissed, setIsDismissed] = useState(() => dismissal.read() !== null);
  if (isDismissed) return null;
  return (
    <aside className={styles.banner} aria-label={texts.about}>
      <p>
        {texts.noModel}{" "}
        {/^https?:/i.test(guideUrl) && (
          <a href={guideUrl} target="_blank" rel="noopener noreferrer">
            {texts.connect}
          </a>
        )}
      </p>
      <button
        className={styles.close}
        type="button"
        aria-label={texts.dismiss}
        onClick={() => {
          dismissal.write("dismissed");
          setIsDismissed(true);
        }}
      >
        <span aria-hidden="true">×</span>
      </button>
    </aside>
  );
}
