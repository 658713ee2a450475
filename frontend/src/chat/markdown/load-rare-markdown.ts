import { setRareMarkdown } from "./rare-markdown-store.ts";

/** A dollar or a bracket of a formula, the call of a footnote, or a named character that the first script does not know. */
const rare = /\$|\\[([]|\[\^|&(?!(?:amp|lt|gt|quot|apos|nbsp);)[a-z][a-z\d]{0,30};/i;

export const hasRareMarkdown = (text: string): boolean => rare.test(text);

/** Loads what parses and draws rare Markdown once. Each answer that has some then renders again. */
export async function loadRareMarkdown(): Promise<void> {
  const { rareMarkdown } = await import("./rare-markdown.tsx");
  setRareMarkdown(rareMarkdown);
}
