import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import button from "#frontend/ui/button.module.css";
import styles from "./reading-tools.module.css";

/** The messages that the model proposes. A press sends one. */
export function Suggestions({
  suggestions,
  onSend,
}: {
  suggestions: readonly string[];
  onSend: (text: string, index: number) => void;
}) {
  const { suggestions: label } = useReadingTexts();
  return (
    <ul className={styles.suggestions} aria-label={label}>
      {suggestions.map((suggestion, index) => (
        <li key={suggestion}>
          <button
            className={button.quiet}
            type="button"
            dir="auto"
            onClick={() => onSend(suggestion, index)}
          >
            {suggestion}
          </button>
        </li>
      ))}
    </ul>
  );
}
