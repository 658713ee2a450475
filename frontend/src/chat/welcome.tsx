import button from "../ui/button.module.css";
import styles from "./welcome.module.css";

const beginnings = ["Hello, my name is …", "What is 12.5% of 480?", "What time is it in Tokyo?"];

/** An empty conversation: what one could begin with. */
export function Welcome({ onPick }: { onPick: (text: string) => void }) {
  return (
    <section className={styles.welcome}>
      <h2 className={styles.greeting}>What can I do for you?</h2>
      <ul className={styles.beginnings}>
        {beginnings.map((text) => (
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
