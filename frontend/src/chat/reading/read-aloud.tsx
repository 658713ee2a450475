import type { Root } from "mdast";
import { useEffect, useSyncExternalStore } from "react";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { useConsent } from "./consent.tsx";
import { guessLanguage } from "./guess-language.ts";
import { speech } from "./speech.ts";
import { spokenText } from "./spoken-text.ts";
import { ToolButton } from "./tool-button.tsx";

export interface ReadAloudProps {
  /** The turn. */
  id: string;
  /** The answer. */
  text: string;
  /** Parses Markdown. The transcript has the parser already. */
  parse: (text: string) => Root;
}

/** The button that reads an answer aloud, or stops it. Nothing in a browser without a voice. */
export function ReadAloud({ id, text, parse }: ReadAloudProps) {
  const { aloud: texts } = useReadingTexts();
  const { language: pageLanguage } = useTexts();
  const canSpeak = useSyncExternalStore(speech.subscribeToVoices, speech.canSpeak);
  const isReading = useSyncExternalStore(speech.subscribe, () => speech.read().key === id);
  const consent = useConsent("speech", texts.note);

  useEffect(() => () => speech.stop(id), [id]);

  if (!canSpeak) return null;
  const start = () => {
    const language = guessLanguage(text, pageLanguage);
    const read = () => speech.start(id, spokenText(parse(text), texts, language), language);
    if (speech.isPrivate(language)) read();
    else consent.ask(read);
  };
  return (
    <>
      <ToolButton
        icon={isReading ? "stop" : "speaker"}
        label={isReading ? texts.stop : texts.read}
        onClick={isReading ? () => speech.stop(id) : start}
      />
      {consent.note}
    </>
  );
}
