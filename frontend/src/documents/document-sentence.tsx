import { lazy, Suspense } from "react";
import { useTexts } from "../texts/use-texts.tsx";

/** A sentence of the service about a file, in the language of the page. In English if the German file does not load. */
export function DocumentSentence({ sentence }: { sentence: string }) {
  const { language } = useTexts();
  if (language === "en") return sentence;
  return (
    <Suspense>
      <GermanSentence sentence={sentence} />
    </Suspense>
  );
}

const GermanSentence = lazy(async () => {
  const inGerman = await import("../texts/document-sentences-german.ts").then(
    ({ sentenceInGerman }) => sentenceInGerman,
    () => (sentence: string) => sentence,
  );
  return { default: ({ sentence }: { sentence: string }) => inGerman(sentence) };
});
