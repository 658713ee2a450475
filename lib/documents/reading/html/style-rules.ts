import type { Element } from "domhandler";

/** Declarations by property, in lower case. */
export type Style = ReadonlyMap<string, string>;

interface Rule {
  tag: string | undefined;
  classes: string[];
  id: string | undefined;
  style: Style;
}

/** In UTF-16 units. The style of a saved page may be much longer, and hardly hides text there. */
const maxLength = 500_000;

/**
 * The rules of a page's style sheets that apply to single elements: `p`, `.note`, `#top`, `td.note`. Rules for elements inside
 * others, and for other media than all, are left out: text is then shown that may be hidden.
 */
export class StyleRules {
  readonly #rules = new Map<string, Rule[]>();

  constructor(sheets: readonly string[]) {
    const source = sheets
      .join("\n")
      .slice(0, maxLength)
      .replace(/\/\*[\s\S]*?\*\/|<!--|-->/g, "")
      .replace(/@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})/g, "");
    for (const [, selectors = "", declarations = ""] of source.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      const style = parseStyle(declarations);
      if (style.size > 0) for (const selector of selectors.split(",")) this.#add(selector, style);
    }
  }

  /** Returns the style of an element by the rules and its own attribute, which wins. */
  styleOf({ name, attribs }: Element): Style {
    const own = parseStyle(attribs.style ?? "");
    if (this.#rules.size === 0) return own;
    const classes = (attribs.class ?? "").split(/\s+/).filter(Boolean);
    const id = attribs.id;
    const style = new Map<string, string>();
    for (const key of [name, ...classes.map((one) => `.${one}`), ...(id ? [`#${id}`] : [])]) {
      for (const rule of this.#rules.get(key) ?? []) {
        const applies =
          (rule.tag === undefined || rule.tag === name) &&
          (rule.id === undefined || rule.id === id) &&
          rule.classes.every((one) => classes.includes(one));
        if (applies) for (const [property, value] of rule.style) style.set(property, value);
      }
    }
    for (const [property, value] of own) style.set(property, value);
    return style;
  }

  #add(selector: string, style: Style): void {
    const parts = /^([a-z][\w-]*)?((?:[.#][\w-]+)*)$/i.exec(selector.trim());
    if (!parts || parts[0] === "") return;
    const names = parts[2]?.match(/[.#][\w-]+/g) ?? [];
    const rule = {
      tag: parts[1]?.toLowerCase(),
      classes: names.filter((name) => name.startsWith(".")).map((name) => name.slice(1)),
      id: names.find((name) => name.startsWith("#"))?.slice(1),
      style,
    };
    const key = names.at(-1) ?? rule.tag ?? "";
    this.#rules.set(key, [...(this.#rules.get(key) ?? []), rule]);
  }
}

/** Returns the declarations that may hide a text. */
function parseStyle(source: string): Style {
  const style = new Map<string, string>();
  for (const [, property = "", value = ""] of source.matchAll(/([\w-]+)\s*:\s*([^;]+)/g)) {
    const name = property.toLowerCase();
    const shown = value
      .replace(/!\s*important/i, "")
      .trim()
      .toLowerCase();
    if (relevant.has(name)) style.set(name === "background" ? "background-color" : name, shown);
  }
  return style;
}

const relevant = new Set([
  ...["display", "visibility", "opacity", "font-size", "color", "background", "background-color"],
  ...["left", "right", "top", "text-indent", "clip", "clip-path", "transform", "filter"],
  ...["height", "max-height", "width", "max-width", "overflow", "mso-hide"],
  ...["content-visibility", "-webkit-text-fill-color"],
  ...["list-style", "list-style-type"],
]);
