import { useEffect } from "react";
import { useTexts } from "../texts/use-texts.tsx";

/** Names the conversation in the title of the tab, or says that its answer waits for a decision. */
export function useDocumentTitle(title: string | null, needsDecision: boolean): void {
  const { turn: texts, product } = useTexts();

  useEffect(() => {
    const named = title === null ? product : `${title} · ${product}`;
    document.title = needsDecision ? texts.decisionTitle(product) : named;
    return () => {
      document.title = product;
    };
  }, [title, needsDecision, texts, product]);
}
