import type { Document } from "#lib/contract/document.ts";
import { ApiProblem } from "../api/api-problem.ts";
import type { DocumentTexts } from "../texts/document-english.ts";
import { chooseLocale } from "../texts/locale.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { wordFor } from "../texts/word-for.ts";
import type { Notice } from "../ui/notice.ts";
import { describeProblem } from "../ui/problem-texts.ts";

/** Returns functions that put problems, sizes and places of documents into words. */
export function useDocumentWords() {
  const texts = useTexts();
  const documentTexts = useDocumentTexts();
  const locale = chooseLocale(texts.language, navigator.languages);
  const inWords = (problem: ApiProblem) =>
    wordFor(documentTexts.problems, problem.type) ?? describeProblem(problem, texts);
  return {
    problem: inWords,
    /** Returns the notice with a text about documents. The page shows the `detail` of a type that it does not know. */
    notice: ({ problem, until }: Notice): Notice => ({
      problem: new ApiProblem({ type: "", status: problem.status, detail: inWords(problem) }),
      until,
    }),
    size: (bytes: number) => describeSize(bytes, documentTexts.units, locale),
    pages: (document: Document) => describePages(document, documentTexts),
  };
}

/** Returns "340 KB", with 1,024 bytes to a kilobyte, as the limits of the service count. */
function describeSize(bytes: number, units: DocumentTexts["units"], locale: string): string {
  const format = (value: number) => {
    const maximumFractionDigits = value < 10 ? 1 : 0;
    return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value);
  };
  if (bytes < 1_000) return units.bytes(format(bytes));
  const kilobytes = bytes / 1_024;
  if (kilobytes < 1_000) return units.kilobytes(format(kilobytes));
  return units.megabytes(format(kilobytes / 1_024));
}

const partKinds: Partial<Record<Document["format"], "page" | "slide" | "sheet">> = {
  pdf: "page",
  pptx: "slide",
  xlsx: "sheet",
};

/** Returns "12 pages"; null for a format without pages. */
function describePages({ format, pages }: Document, { row }: DocumentTexts): string | null {
  const kind = partKinds[format];
  return kind === undefined || pages === null ? null : row.pages[kind](pages);
}
