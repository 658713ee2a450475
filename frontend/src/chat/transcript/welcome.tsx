import { LateDemoCards } from "#frontend/demo/late-demo-cards.tsx";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import styles from "./welcome.module.css";

/** Suggestions for the first message of an empty conversation. Those of the demo send their message at once. */
export function Welcome({
  isDemo,
  onPick,
  onSend,
}: {
  isDemo: boolean;
  onPick: (text: string) => void;
  onSend: (text: string) => void;
}) {
  const { heading, suggestions } = useTexts().welcome;
  return (
    <section className={styles.welcome}>
      <h2 className={styles.greeting}>{heading}</h2>
      {isDemo ? (
        <LateDemoCards onSend={onSend} />
      ) : (
        <Suggestions texts={suggestions} onPick={onPick} />
      )}
    </section>
  );
}

function Suggestions({ texts, onPick }: { texts: string[]; onPick: (text: string) => void }) {
  return (
    <ul className={styles.beginnings}>
      {texts.map((text) => (
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
  );
}
