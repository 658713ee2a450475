import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { download } from "#frontend/ui/download.ts";
import { LateIcon } from "#frontend/ui/late-icon.tsx";
import { codeFileName } from "./code-file-name.ts";
import { useCodeWrapping } from "./code-wrapping.ts";
import styles from "./reading-tools.module.css";

/** The buttons that wrap and download code. */
export function CodeTools(props: { code: string; language: string; about: string }) {
  const { code: texts } = useReadingTexts();
  const [isWrapped, toggle] = useCodeWrapping();
  return (
    <>
      <button
        className={styles.tool}
        type="button"
        aria-pressed={isWrapped}
        aria-label={texts.wrap}
        title={texts.wrap}
        onClick={toggle}
      >
        <LateIcon name="wrap" />
      </button>
      <button
        className={styles.tool}
        type="button"
        aria-label={texts.download}
        title={texts.download}
        onClick={() => download(codeFileName(props), "text/plain", props.code)}
      >
        <LateIcon name="download" />
      </button>
    </>
  );
}
