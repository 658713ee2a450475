import { type ApprovalTexts, approvalEnglish } from "./approval-english.ts";
import { approvalGerman } from "./approval-german.ts";
import type { Language } from "./language.ts";

const catalogues: Record<Language, ApprovalTexts> = { en: approvalEnglish, de: approvalGerman };

export const approvalTexts = (language: Language): ApprovalTexts => catalogues[language];
