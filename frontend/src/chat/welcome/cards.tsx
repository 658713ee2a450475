import styles from "./cards.module.css";

interface Card {
  title: string;
  /** What the person will see, or the message itself. */
  shows: string;
  /** What a press sends. */
  message: string;
  /** A line drawing on a square of 20 units. */
  icon: string;
}

/** Examples of messages. A press sends one. */
export function Cards({
  label,
  cards,
  onSend,
}: {
  label: string;
  cards: Card[];
  onSend: (text: string) => void;
}) {
  return (
    <ul className={styles.cards} aria-label={label}>
      {cards.map(({ title, shows, message, icon }) => (
        <li key={title}>
          <button className={styles.card} type="button" onClick={() => onSend(message)}>
            <svg className={styles.icon} viewBox="0 0 20 20" aria-hidden="true">
              <path d={icon} />
            </svg>
            <span className={styles.title}>{title}</span>
            <span className={styles.shows}>{shows}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
