import { raisedText } from "./raised-text.ts";
import { childAt, childrenNamed, elementsOf, textOf, type XmlElement } from "./xml-tree.ts";

/** Returns a formula (ECMA-376 part 1, 22.1) on one line: (a+b)/c, x², √(2). */
export function mathText(element: XmlElement | undefined): string {
  if (element === undefined) return "";
  const part = (name: string) => mathText(childAt(element, name));
  switch (element.name) {
    case "m:t":
      return textOf(element);
    case "m:f":
      return `${grouped(part("m:num"))}/${grouped(part("m:den"))}`;
    case "m:sSup":
      return part("m:e") + above(part("m:sup"));
    case "m:sSub":
      return part("m:e") + below(part("m:sub"));
    case "m:sSubSup":
      return part("m:e") + below(part("m:sub")) + above(part("m:sup"));
    case "m:rad":
      return `${part("m:deg") === "" ? "" : raisedText(part("m:deg"))}√${grouped(part("m:e"))}`;
    case "m:nary": {
      const sign = childAt(element, "m:naryPr", "m:chr")?.attributes["m:val"] ?? "∫";
      return `${sign}${below(part("m:sub"))}${above(part("m:sup"))} ${part("m:e")}`;
    }
    case "m:d": {
      const properties = childAt(element, "m:dPr");
      const begin = childAt(properties, "m:begChr")?.attributes["m:val"] ?? "(";
      const end = childAt(properties, "m:endChr")?.attributes["m:val"] ?? ")";
      return begin + childrenNamed(element, "m:e").map(mathText).join(", ") + end;
    }
    case "m:m":
      return childrenNamed(element, "m:mr").map(mathText).join("; ");
    case "m:mr":
      return childrenNamed(element, "m:e").map(mathText).join(", ");
    case "m:func":
      return `${part("m:fName")} ${part("m:e")}`;
    default:
      return elementsOf(element).map(mathText).join("");
  }
}

const grouped = (text: string): string => (/^[\p{L}\p{N}.,]*$/u.test(text) ? text : `(${text})`);

function above(text: string): string {
  if (text === "") return "";
  const raised = raisedText(text);
  return raised === text ? `^${grouped(text)}` : raised;
}

const below = (text: string): string => (text === "" ? "" : `_${grouped(text)}`);
