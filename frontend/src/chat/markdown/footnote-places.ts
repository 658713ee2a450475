/** The ids of a note and of its first mention; `answerId` is one of its own for each answer on the page. */
export const noteId = (answerId: string, index: number) => `${answerId}-note-${index + 1}`;
export const callId = (answerId: string, index: number) => `${answerId}-call-${index + 1}`;

/** Moves focus to an element; the page's address, which is the conversation's, stays as it is. */
export function goTo(id: string): void {
  const element = document.getElementById(id);
  element?.scrollIntoView({ block: "nearest" });
  element?.focus({ preventScroll: true });
}
