import "./ui/tokens.css";
import "./ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadTexts, readLanguage } from "./texts/language.ts";
import { TextsProvider } from "./texts/use-texts.tsx";
import { PageBoundary } from "./ui/page-boundary.tsx";
import { applyTheme } from "./ui/theme.ts";

applyTheme();
const page = document.getElementById("page");
if (page === null) throw new Error("index.html has no element with the id page.");
const texts = await loadTexts(readLanguage());
// `FaultBoundary` reports each fault itself, once, with the name of the part.
createRoot(page, { onCaughtError: () => {} }).render(
  <TextsProvider first={texts}>
    <PageBoundary>
      <App />
    </PageBoundary>
  </TextsProvider>,
);
