import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import styles from "./welcome.module.css";

/** Suggestions for the first message of an empty conversation. */
export function Welcome({ onPick }: { onPick: (text: string) => void }) {
  const { heading, suggestions } = useTexts().welcome;
  return (
    <section className={styles.welcome}>
      <h2 className={styles.greeting}>{heading}</h2>
      <ul className={styles.beginnings}>
        {suggestions.map((text) => (
          <li key={text}>
            <button
              className={button.quiet}
              type="button"
              onClick={() => onPick(text.replace("…", ""))}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
