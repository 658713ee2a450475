import type { Language } from "./language.ts";
import { type OperatorTexts, operatorEnglish } from "./operator-english.ts";
import { operatorGerman } from "./operator-german.ts";

const catalogues: Record<Language, OperatorTexts> = { en: operatorEnglish, de: operatorGerman };

export const operatorTexts = (language: Language): OperatorTexts => catalogues[language];
