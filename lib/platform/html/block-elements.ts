/** Elements of HTML that stand apart from the text around them. */
export const blockElements = new Set([
  ...["address", "article", "aside", "body", "caption", "center", "details", "dialog", "div"],
  ...["dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html"],
  ...["legend", "main", "nav", "optgroup", "option", "p", "search", "section", "summary"],
  ...["tbody", "td", "tfoot", "th", "thead", "tr"],
]);

/** Returns an attribute's number, such as the start of a list, or undefined if the attribute is not a number. */
export const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*-?\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
