/** A small writer of SVG. Colours follow the reader's light or dark theme, because a page that embeds a plot passes its theme on. */

export type Attributes = Record<string, string | number>;

export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`,
  );
  const open = `<${name}${written.join("")}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join("")}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escaped(content));
}

/** The classes of a plot: `ink` is text and axes, `faint` the grid, and one class for each series. */
const style = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.a { stroke: #0969da; fill: #0969da } .b { stroke: #bc4c00; fill: #bc4c00 }
.c { stroke: #1a7f37; fill: #1a7f37 } .d { stroke: #8250df; fill: #8250df }
.line { fill: none; stroke-width: 2 }
text.a, text.b, text.c, text.d { stroke: none }
rect.a, rect.b, rect.c, rect.d { stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d }
  .a { stroke: #4493f8; fill: #4493f8 } .b { stroke: #f0883e; fill: #f0883e }
  .c { stroke: #3fb950; fill: #3fb950 } .d { stroke: #ab7df8; fill: #ab7df8 }
  .line { fill: none }
}
`;

/** Returns a complete SVG file. `title` is its text for readers who do not see it. */
export function svgFile(
  { width, height, title }: { width: number; height: number; title: string },
  content: readonly string[],
): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": title,
  };
  const lines = [element("title", {}, escaped(title)), element("style", {}, style), ...content];
  return `${element("svg", attributes, `\n${lines.join("\n")}\n`)}\n`;
}

/** Returns round values from 0 to at least `highest`, about five. */
export function ticksTo(highest: number): number[] {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}

const rounded = (value: number): number => Number(value.toFixed(1));

const escaped = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
