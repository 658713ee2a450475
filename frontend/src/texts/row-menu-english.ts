export const rowMenuEnglish = {
  options: (title: string) => `Options for ${title}`,
  rename: "Rename",
  pin: "Pin",
  unpin: "Unpin",
  archive: "Archive",
  unarchive: "Move out of the archive",
  share: "Share",
  exportMarkdown: "Export as Markdown",
  exportJson: "Export as JSON",
  delete: "Delete",
  /** The field for a new title. */
  title: "Title",
  loadMore: "Load more",
};
export type RowMenuTexts = typeof rowMenuEnglish;
