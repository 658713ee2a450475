import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import styles from "./devices.module.css";

/** Modules around the picture that stay empty, as cameras need them. */
const quietZone = 4;

/** Draws a text as a QR picture, black on white in each theme, with one path. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const code = generate(text);
  const size = code.size + 2 * quietZone;
  return (
    <svg
      className={styles.picture}
      viewBox={`${-quietZone} ${-quietZone} ${size} ${size}`}
      role="img"
      aria-label={label}
    >
      <path d={toSvgPath(code)} />
    </svg>
  );
}
