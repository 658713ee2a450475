import { useTexts } from "#frontend/texts/use-texts.tsx";
import { SlowHint } from "#frontend/ui/slow-hint.tsx";
import styles from "./loading-line.module.css";

export function LoadingLine() {
  const { transcript: texts } = useTexts();
  return (
    <p className={styles.line} role="status">
      {texts.loading} <SlowHint />
    </p>
  );
}
