import { type ComponentProps, type ComponentType, lazy } from "react";
import type { PdfPages } from "./pdf-pages.tsx";

/** The pages of a PDF. PDF.js is larger than the rest of the page, so that it loads only here. */
export const LatePdfPages: ComponentType<ComponentProps<typeof PdfPages>> = lazy(async () => {
  const { PdfPages } = await import("./pdf-pages.tsx");
  return { default: PdfPages };
});
