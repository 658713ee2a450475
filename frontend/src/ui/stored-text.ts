/**
 * A text in the browser's storage: for this tab (`sessionStorage`) or for every tab (`localStorage`). Without storage (a
 * person can block it, it can be full) the text lasts as long as the page.
 */
export function storedText(storage: "sessionStorage" | "localStorage", name: string) {
  // Undefined while the browser's storage holds the text.
  let fallback: string | null | undefined;
  // The DOM's types do not know that the web view of an app may have no storage.
  const getStorage = (): Storage | null | undefined => globalThis[storage];
  return {
    read(): string | null {
      if (fallback !== undefined) return fallback;
      try {
        return getStorage()?.getItem(name) ?? null;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        return null;
      }
    },
    /** Null removes the text. */
    write(text: string | null): void {
      fallback = undefined;
      try {
        const available = getStorage();
        // Must come first: if there is no room for the new text, the old text must not stay.
        available?.removeItem(name);
        if (text !== null) available?.setItem(name, text);
        if (!available) fallback = text;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        fallback = text;
      }
    },
  };
}
