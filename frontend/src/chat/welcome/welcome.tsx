import { useTexts } from "#frontend/texts/use-texts.tsx";
import styles from "./welcome.module.css";

/** Greets in an empty conversation, and says what this chat is and what it works with. */
export function Welcome({ hasDocuments }: { hasDocuments: boolean }) {
  const texts = useTexts().welcome;
  return (
    <section className={styles.welcome}>
      <h2 className={styles.greeting}>{texts.heading}</h2>
      <p className={styles.about}>
        {texts.about} {hasDocuments && texts.aboutDocuments}
      </p>
    </section>
  );
}
