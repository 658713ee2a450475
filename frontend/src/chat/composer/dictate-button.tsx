import { useEffect, useRef, useState } from "react";
import { chooseLocale } from "#frontend/texts/locale.ts";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { wordFor } from "#frontend/texts/word-for.ts";
import { LateIcon } from "#frontend/ui/late-icon.tsx";
import { useConsent } from "../reading/consent.tsx";
import styles from "../reading/reading-tools.module.css";
import { createRecognition, readResults, type SpeechRecognition } from "./speech-recognition.ts";

/** The button that writes down what the person says. */
export function DictateButton({
  onWrite,
}: {
  /** Changes the text of the message. */
  onWrite: (change: (text: string) => string) => void;
}) {
  const { dictation: texts } = useReadingTexts();
  const { language } = useTexts();
  const recognition = useRef<SpeechRecognition | null>(null);
  const [isListening, setIsListening] = useState(false);
  const [said, setSaid] = useState("");
  const consent = useConsent("dictation", texts.note);
  // The browser's events come long after the render that has started the dictation.
  const write = useRef(onWrite);
  useEffect(() => {
    write.current = onWrite;
  });

  useEffect(() => () => recognition.current?.abort(), []);

  const start = () => {
    const current = createRecognition();
    recognition.current = current;
    current.continuous = true;
    current.interimResults = true;
    current.lang = chooseLocale(language, navigator.languages);
    current.onresult = (event) => {
      const { final, interim } = readResults(event);
      if (final.trim() !== "") write.current((text) => withWords(text, final.trim()));
      setSaid(interim);
    };
    current.onerror = ({ error }) => {
      // The person said nothing, or has stopped.
      const isNormal = error === "no-speech" || error === "aborted";
      setSaid(isNormal ? "" : (wordFor(texts.failed, error) ?? texts.failedElse));
    };
    current.onend = () => setIsListening(false);
    setSaid("");
    setIsListening(true);
    current.start();
  };
  const stop = () => {
    setSaid("");
    recognition.current?.stop();
  };
  const label = isListening ? texts.stop : texts.start;
  return (
    <>
      <button
        className={styles.tool}
        type="button"
        aria-label={label}
        title={label}
        data-on={isListening || undefined}
        onClick={isListening ? stop : () => consent.ask(start)}
      >
        <LateIcon name={isListening ? "stop" : "microphone"} />
      </button>
      <p className={styles.said} data-wide role="status">
        {said}
      </p>
      {consent.note}
    </>
  );
}

const withWords = (text: string, words: string) =>
  text === "" || /\s$/.test(text) ? text + words : `${text} ${words}`;
