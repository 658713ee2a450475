import temml from "temml";
import "./typeset.css";
import { unescapeHtml } from "./unescape-html.ts";

/** An element of MathML. The page renders it with React. */
export interface MathElement {
  name: string;
  props: Record<string, unknown>;
  children: (MathElement | string)[];
}

/** Returns a TeX formula as MathML; null if the formula is invalid or unsafe. */
export function typeset(tex: string, isDisplay: boolean): MathElement | null {
  // A short macro could expand to a million characters. Answers do not need macros.
  if (
    /\\(?:(?:[egx]|long)?def|(?:re|provide)?newcommand|providecommand|let|futurelet)(?![a-zA-Z])/.test(
      tex,
    )
  )
    return null;
  const source = withPlainWords(tex);
  // Some environments are valid only in display mode, but models also write them within a line.
  const mayNeedLine = source.includes("\\begin") && !isDisplay;
  return renderTex(source, isDisplay) ?? (mayNeedLine ? renderTex(source, true) : null);
}

/** TeX refuses these characters in text without a backslash, but models write `\text{total_cost}` and `\text{50%}`. */
function withPlainWords(tex: string): string {
  return tex.replace(/\\text(?:bf|it|normal|rm|sf|tt|up)?\{[^{}]*\}/g, (words) =>
    words.replace(/\\.|[_%&#]/g, escaped),
  );
}

const escaped = (text: string) => (text.startsWith("\\") ? text : `\\${text}`);

function renderTex(tex: string, displayMode: boolean): MathElement | null {
  try {
    return readMathMl(
      temml.renderToString(tex, {
        displayMode,
        throwOnError: true,
        // In em and in points, so that nothing reaches far outside its line.
        maxSize: [20, 240],
        maxExpand: 300,
        // Breaks a long formula at its relations.
        wrap: "tex",
      }),
    );
  } catch {
    // Catches every error, because hostile TeX also causes errors other than Temml's own.
    return null;
  }
}

/**
 * Every element that Temml creates from untrusted TeX; `typeset-corpus.test.ts` compares them with Temml's own tables. Without
 * `a`: Temml creates it for `\ref`, and it would link to an id of the page.
 */
const elements = new Set(
  "math mrow mi mn mo mtext mspace mpadded mphantom mfrac msqrt mroot mstyle menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd span".split(
    " ",
  ),
);
/** Every attribute that Temml creates, without `id`, which it creates for `\label`. */
const attributes = new Set(
  "display displaystyle scriptlevel stretchy fence form separator symmetric lspace rspace width height depth voffset mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits largeop linebreak linethickness notation rowspacing columnalign accent accentunder".split(
    " ",
  ),
);
const maxElements = 2_000;
// Browsers lay MathML out recursively, so that depth costs stack.
const maxDepth = 60;

/** Parses Temml's MathML text. The text never becomes the page's HTML. Returns null for anything but MathML. */
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
      // In `math` React creates only MathML elements, and Chromium does not number equations in an unknown element.
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
    // As an object, because the page's policy refuses a style attribute in HTML text.
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
