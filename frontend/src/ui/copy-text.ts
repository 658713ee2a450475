/**
 * Puts a text on the clipboard and returns whether it is there. Pages of plain HTTP have no `navigator.clipboard`, and a
 * browser may refuse the one it has; the older command still copies there, as long as a person has just pressed a button.
 */
export async function copyText(text: string): Promise<boolean> {
  // The DOM's types promise a clipboard that insecure pages do not have.
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

/** The command copies what is selected, in Safari nothing else: a field out of sight holds the text for that moment. */
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
