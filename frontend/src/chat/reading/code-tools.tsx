import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { download } from "#frontend/ui/download.ts";
import { codeFileName } from "./code-file-name.ts";
import { useCodeWrapping } from "./code-wrapping.ts";
import { ToolButton } from "./tool-button.tsx";

/** The buttons that wrap and download code. */
export function CodeTools(props: { code: string; language: string; about: string }) {
  const { code: texts } = useReadingTexts();
  const [isWrapped, toggle] = useCodeWrapping();
  return (
    <>
      <ToolButton icon="wrap" label={texts.wrap} aria-pressed={isWrapped} onClick={toggle} />
      <ToolButton
        icon="download"
        label={texts.download}
        onClick={() => download(codeFileName(props), "text/plain", props.code)}
      />
    </>
  );
}
