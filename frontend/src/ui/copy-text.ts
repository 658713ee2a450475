/**
 * Copies a text to the clipboard and returns whether that worked. Pages over plain HTTP have no `navigator.clipboard`, and a
 * browser may refuse to use it. The older `copy` command still works there directly after a person's click.
 */
export async function copyText(text: string): Promise<boolean> {
  // The DOM's types do not know that insecure pages have no clipboard.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  return copyByCommand(text);
}

/** The command copies only the selection, so that an invisible field holds the text, selected, for a moment. */
function copyByCommand(text: string): boolean {
  const focused = document.activeElement;
  const selection = document.getSelection();
  const ranges = Array.from({ length: selection?.rangeCount ?? 0 }, (_, index) =>
    selection?.getRangeAt(index),
  );
  const field = document.createElement("textarea");
  field.className = "spoken";
  field.value = text;
  field.readOnly = true;
  document.body.append(field);
  field.focus({ preventScroll: true });
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    for (const range of ranges) if (range) selection?.addRange(range);
  }
}
