import { createContext, type ReactNode, use, useLayoutEffect, useRef, useState } from "react";
import { english, type Texts } from "./english.ts";
import { keepLanguage, type Language } from "./language.ts";
import { loadTranslation } from "./load-translation.ts";

const TextsContext = createContext({
  texts: english,
  chosen: english.language,
  choose: (_language: Language) => {},
});

/** Provides the texts to the page. A change of language keeps the page's state. */
export function TextsProvider({ first, children }: { first: Texts; children: ReactNode }) {
  const [texts, setTexts] = useState(first);
  // Changes at once, before the catalogue has loaded.
  const [chosen, setChosen] = useState(first.language);
  const newestChoice = useRef<Language | undefined>(undefined);

  useLayoutEffect(() => {
    document.documentElement.lang = texts.language;
  }, [texts]);

  const choose = async (language: Language) => {
    keepLanguage(language);
    setChosen(language);
    newestChoice.current = language;
    const next = (await loadTranslation(language)) ?? english;
    if (newestChoice.current !== language) return;
    setTexts(next);
    setChosen(next.language);
  };
  return (
    <TextsContext value={{ texts, chosen, choose: (language) => void choose(language) }}>
      {children}
    </TextsContext>
  );
}

export function useTexts(): Texts {
  return use(TextsContext).texts;
}

export function useLanguageChoice() {
  const { chosen, choose } = use(TextsContext);
  return { chosen, choose };
}
