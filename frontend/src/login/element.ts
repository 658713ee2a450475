/** Attributes by their names. `true` sets an empty attribute; `false` and undefined set none. */
export type Attributes = Record<string, string | boolean | undefined>;

/** Returns a new element. The pages before the chat draw with it: React alone is several times their size. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(created, name, value);
  created.append(...children);
  return created;
}

export function setAttribute(
  target: Element,
  name: string,
  value: string | boolean | undefined,
): void {
  if (value === undefined || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? "" : value);
}

/** Returns the first element in `page` that matches. */
export function find<Tag extends keyof HTMLElementTagNameMap>(
  page: HTMLElement,
  selector: Tag,
): HTMLElementTagNameMap[Tag];
export function find(page: HTMLElement, selector: `input${string}`): HTMLInputElement;
export function find(page: HTMLElement, selector: `button${string}`): HTMLButtonElement;
export function find(page: HTMLElement, selector: string): HTMLElement;
export function find(page: HTMLElement, selector: string): HTMLElement {
  const found = page.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}
