import type { Element } from "domhandler";

/** What no person reads in a page: programs, styles, media, the choices of forms. */
const unread = new Set([
  ...[
    "script",
    "style",
    "template",
    "noscript",
    "head",
    "title",
    "iframe",
    "frame",
    "svg",
    "canvas",
  ],
  ...["video", "audio", "object", "embed", "map", "select", "datalist", "input"],
]);

/** Returns whether a person does not see the element. */
export function isHidden({ name, attribs }: Element): boolean {
  if (unread.has(name)) return true;
  if (attribs.hidden !== undefined && attribs.hidden !== "until-found") return true;
  if (name === "dialog" && attribs.open === undefined) return true;
  if (/(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attribs.style ?? "")) {
    return true;
  }
  // Signs beside headings, and formulas that stand there a second time for the screen.
  return (
    attribs["aria-hidden"] === "true" &&
    (name === "a" || /\bkatex-html\b/.test(attribs.class ?? ""))
  );
}

/** Returns whether a person does not see the element, or sees in it only the way to other pages. */
export const isHiddenOrNavigation = (element: Element): boolean =>
  isHidden(element) || element.name === "nav" || element.attribs.role === "navigation";
