/**
 * A text that the browser keeps: in this tab through a reload, or for every tab to come. Where it may keep nothing (a person
 * can forbid it) or has no room left, the text lasts as long as the page.
 */
export function storedText(storage: "sessionStorage" | "localStorage", name: string) {
  // Undefined while the browser has it.
  let unkept: string | null | undefined;
  // The DOM's types do not know that an app's web view may have none.
  const find = (): Storage | null | undefined => globalThis[storage];
  return {
    read(): string | null {
      if (unkept !== undefined) return unkept;
      try {
        return find()?.getItem(name) ?? null;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        return null;
      }
    },
    /** Null forgets it. */
    write(text: string | null): void {
      unkept = undefined;
      try {
        const found = find();
        // First, so that nothing old is left where there is no room for the new.
        found?.removeItem(name);
        if (text !== null) found?.setItem(name, text);
        if (!found) unkept = text;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        unkept = text;
      }
    },
  };
}
