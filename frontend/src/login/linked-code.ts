/** The code in the fragment of the page's address, which no server sees. */
const fragment = /^#code=([\w-]{1,64})$/;

/** Returns the code of the link that has opened the page, and removes it from the address. Null without one. */
export function takeLinkedCode(): string | null {
  const code = fragment.exec(location.hash)?.[1];
  if (code === undefined) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return code;
}
