import type { RowMenuTexts } from "./row-menu-english.ts";

export const rowMenuGerman: RowMenuTexts = {
  options: (title) => `Optionen für ${title}`,
  rename: "Umbenennen",
  pin: "Anheften",
  unpin: "Nicht mehr anheften",
  archive: "Archivieren",
  unarchive: "Aus dem Archiv holen",
  share: "Teilen",
  exportMarkdown: "Als Markdown exportieren",
  exportJson: "Als JSON exportieren",
  delete: "Löschen",
  title: "Titel",
  loadMore: "Mehr laden",
};
