import type { Link, Parents, PhrasingContent, Root, Text } from "mdast";
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import type { Code, Construct, Effects, Extension, State } from "micromark-util-types";
import { isForeignLetter, isForeignPunctuation } from "./foreign-characters.ts";

/**
 * GitHub's autolinks, but an address ends before the punctuation of other scripts. In `https://example.com。谢谢` GitHub takes
 * the `。` for a part of the host, because browsers read it as a dot.
 */
export const autolinkSyntax: Extension = {
  text: Object.fromEntries(
    Object.entries(gfmAutolinkLiteral().text ?? {}).map(([code, constructs]) => [
      code,
      [constructs ?? []].flat().map(endAtForeignPunctuation),
    ]),
  ),
};

/**
 * Wraps a construct so that it sees a space instead of foreign punctuation. The parser still gets the real character from each
 * state of the construct.
 */
function endAtForeignPunctuation(construct: Construct): Construct {
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      let character: Code = null;
      // A star is a part of the address unless it may close an emphasis that is open before the address.
      const isAfterStars = this.events
        .slice(-maxEventsBack)
        .some(([, { type }]) => type === "attentionSequence");
      const isEnd = (code: Code) => endsAddress(code) || (code === star && isAfterStars);
      const ofParser = new WeakSet<State>();
      const disguise =
        (state: State): State =>
        (code) => {
          character = code;
          const next = state(isEnd(code) ? space : code);
          return next === undefined || ofParser.has(next) ? next : disguise(next);
        };
      const handOver =
        (state: State): State =>
        () => {
          const next = state(character);
          if (next !== undefined) ofParser.add(next);
          return next;
        };
      const branch =
        (into: Effects["attempt"]): Effects["attempt"] =>
        (part, then, otherwise) => {
          if (!isConstruct(part)) throw new Error("Only single constructs can be disguised.");
          const ownPart = endAtForeignPunctuation(part);
          return handOver(into(ownPart, disguise(then), otherwise && disguise(otherwise)));
        };
      const own: Effects = {
        ...effects,
        consume: () => effects.consume(character),
        attempt: branch(effects.attempt),
        check: branch(effects.check),
      };
      return disguise(construct.tokenize.call(this, own, handOver(ok), handOver(nok)));
    },
  };
}

const isConstruct = (part: Parameters<Effects["attempt"]>[0]): part is Construct =>
  "tokenize" in part;

const space = 32;
const star = 42;
/** About one line of emphasised words. Without a limit, each address would cost a search through the whole paragraph. */
const maxEventsBack = 100;
const endsAddress = (code: Code) => isForeignPunctuation(code) || isTypographic(code);
/** Typographic quotes, dashes and dots, and wide spaces. Nobody types them into an address. */
const isTypographic = (code: Code) =>
  code !== null &&
  (code === 0xa0 || code === 0xab || code === 0xbb || (code >= 0x2000 && code < 0x2070));

/** Shortens autolinks in the tree. The library also finds addresses in text nodes, without the constructs above. */
export function autolinkTree(): TreeExtension[] {
  return [gfmAutolinkLiteralFromMarkdown(), { transforms: [cutLinks] }];
}

function cutLinks(tree: Root): void {
  cutLinksIn(tree);
}

function cutLinksIn(parent: Parents): void {
  for (const [index, child] of [...parent.children.entries()].reverse()) {
    if (child.type === "link") cutLink(parent, index, child);
    else if ("children" in child) cutLinksIn(child);
  }
}

function cutLink(parent: Parents, index: number, link: Link): void {
  const [text] = link.children;
  if (text?.type !== "text" || link.children.length > 1 || !isLiteral(link, text)) return;
  const end = addressEnd(text.value);
  if (end === text.value.length) return;
  const rest: Text = { type: "text", value: text.value.slice(end) };
  link.url = link.url.slice(0, link.url.length - rest.value.length);
  text.value = text.value.slice(0, end);
  const siblings: (PhrasingContent | Parents["children"][number])[] = parent.children;
  siblings.splice(index + 1, 0, rest);
}

/** Returns whether the link is a bare address, not one between angle brackets. */
function isLiteral({ url, position, children }: Link, { value, position: of }: Text): boolean {
  const isSame = url === value || url === `http://${value}`;
  return isSame && position?.start.offset === of?.start.offset && children.length === 1;
}

/** Returns where the address ends. An ASCII host ends where another script starts: `example.com查看`. */
function addressEnd(address: string): number {
  const host = /^(?:https?:\/\/)?[^/?#]*/i.exec(address)?.[0] ?? "";
  const isAscii = /^[\x21-\x7e]+\.[a-z]{2,}(?=[^\x21-\x7e])/i.exec(host);
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (endsAddress(code)) return index;
    if (isAscii !== null && index < host.length && isForeignLetter(code)) return index;
  }
  return address.length;
}
