import { createElement, type ReactNode } from "react";

export interface MathElement {
  name: string;
  props: Record<string, unknown>;
  children: (MathElement | string)[];
}

/** MathML as elements of React's, which sets a style where the page's policy allows it: not as text. */
export function drawMath({ name, props, children }: MathElement): ReactNode {
  const drawn = children.map((child) => (typeof child === "string" ? child : drawMath(child)));
  return createElement(name, props, ...drawn);
}
