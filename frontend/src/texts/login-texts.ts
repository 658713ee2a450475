import type { Language } from "./language.ts";
import { type LoginTexts, loginEnglish } from "./login-english.ts";
import { loginGerman } from "./login-german.ts";

const catalogues: Record<Language, LoginTexts> = { en: loginEnglish, de: loginGerman };

export const loginTexts = (language: Language): LoginTexts => catalogues[language];
