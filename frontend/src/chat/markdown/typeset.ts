import temml from "temml";
import "./typeset.css";
import type { MathElement } from "./draw-math.ts";
import { unescapeHtml } from "./unescape-html.ts";

/** A formula in TeX as MathML; null when it cannot be drawn, or had better not be. */
export function typeset(tex: string, isDisplay: boolean): MathElement | null {
  // A short macro may stand for a million signs. Answers get by with what is there.
  if (
    /\\(?:(?:[egx]|long)?def|(?:re|provide)?newcommand|providecommand|let|futurelet)(?![a-zA-Z])/.test(
      tex,
    )
  )
    return null;
  const source = withPlainWords(tex);
  // Some environments are for lines of their own only; a model writes them within a line as well.
  const mayNeedLine = source.includes("\\begin") && !isDisplay;
  return setAs(source, isDisplay) ?? (mayNeedLine ? setAs(source, true) : null);
}

/** Within words TeX refuses these signs without a backslash, but models write `\text{total_cost}` and `\text{50%}`. */
function withPlainWords(tex: string): string {
  return tex.replace(/\\text(?:bf|it|normal|rm|sf|tt|up)?\{[^{}]*\}/g, (words) =>
    words.replace(/\\.|[_%&#]/g, escaped),
  );
}

const escaped = (sign: string) => (sign.startsWith("\\") ? sign : `\\${sign}`);

function setAs(tex: string, displayMode: boolean): MathElement | null {
  try {
    return readMathMl(
      temml.renderToString(tex, {
        displayMode,
        throwOnError: true,
        // In em and in points: nothing reaches far out of its line.
        maxSize: [20, 240],
        maxExpand: 300,
        // Breaks a long formula at its relations.
        wrap: "tex",
      }),
    );
  } catch {
    // Not only its own errors: hostile TeX finds other ways to stumble, and must not take the answer with it.
    return null;
  }
}

/**
 * Everything that Temml makes of TeX that it does not have to trust, which a test reads from Temml's own tables; but no
 * `a`, which `\ref` makes: it would lead to an id of the page.
 */
const elements = new Set(
  "math mrow mi mn mo mtext mspace mpadded mphantom mfrac msqrt mroot mstyle menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd span".split(
    " ",
  ),
);
/** Likewise; but no `id`, which `\label` makes. */
const attributes = new Set(
  "display displaystyle scriptlevel stretchy fence form separator symmetric lspace rspace width height depth voffset mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits largeop linebreak linethickness notation rowspacing columnalign accent accentunder".split(
    " ",
  ),
);
const maxElements = 2_000;
// Browsers lay MathML out recursively.
const maxDepth = 60;

/** The typesetter speaks MathML as text; it is read, never set. Null for anything but MathML. */
function readMathMl(text: string): MathElement | null {
  const tokens = /<(\/?)([a-z]+)((?: [a-z-]+="[^"<>]*")*)>|([^<>]+)/y;
  const top: MathElement = { name: "math", props: {}, children: [] };
  const open = [top];
  let count = 0;
  while (tokens.lastIndex < text.length) {
    const token = tokens.exec(text);
    const parent = open.at(-1);
    if (token === null || parent === undefined) return null;
    const [, slash, name = "", given = "", words] = token;
    if (words !== undefined) {
      parent.children.push(unescapeHtml(words));
    } else if (slash === "/") {
      if (open.pop()?.name !== (name === "span" ? "mtext" : name)) return null;
    } else {
      count += 1;
      if (!elements.has(name) || count > maxElements || open.length > maxDepth) return null;
      // Within formulas React makes elements of MathML only, and Chromium numbers equations in no unknown one.
      const drawnName = name === "span" ? "mtext" : name;
      const element: MathElement = { name: drawnName, props: readAttributes(given), children: [] };
      parent.children.push(element);
      open.push(element);
    }
  }
  const [math] = top.children;
  return open.length === 1 && top.children.length === 1 && typeof math === "object" ? math : null;
}

function readAttributes(given: string): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [, name = "", value = ""] of given.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
    if (name === "class") props.className = unescapeHtml(value);
    // As an object: a style in text is what the page's policy refuses.
    else if (name === "style") props.style = readStyle(value);
    else if (attributes.has(name)) props[name] = unescapeHtml(value);
  }
  return props;
}

function readStyle(text: string): Record<string, string> {
  const style: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/([a-z-]+):([\w.%# +-]+)/g)) {
    style[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return style;
}
