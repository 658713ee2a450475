import type { Link, Parents, PhrasingContent, Root, Text } from "mdast";
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import type { Code, Construct, Effects, Extension, State } from "micromark-util-types";
import { isForeignLetter, isForeignPunctuation } from "./foreign-signs.ts";

/**
 * Addresses in running text, as GitHub finds them, but they end before the punctuation of other scripts: the `。` in
 * `https://example.com。谢谢` would belong to the host, since browsers read it as a dot.
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
 * The same construct, to which foreign punctuation looks like a space. Its own states see the disguise; the parser, to
 * which they hand each sign back, gets the sign itself.
 */
function endAtForeignPunctuation(construct: Construct): Construct {
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      let sign: Code = null;
      // Stars belong to an address unless they may close what others have opened.
      const isAfterStars = this.events
        .slice(-maxEventsBack)
        .some(([, { type }]) => type === "attentionSequence");
      const isEnd = (code: Code) => endsAddress(code) || (code === star && isAfterStars);
      const ofParser = new WeakSet<State>();
      const disguise =
        (state: State): State =>
        (code) => {
          sign = code;
          const next = state(isEnd(code) ? space : code);
          return next === undefined || ofParser.has(next) ? next : disguise(next);
        };
      const handOver =
        (state: State): State =>
        () => {
          const next = state(sign);
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
        consume: () => effects.consume(sign),
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
/** About a line of marked words; all of them would be read again for each address. */
const maxEventsBack = 100;
const endsAddress = (code: Code) => isForeignPunctuation(code) || isTypographic(code);
/** Quotes, dashes and dots that no keyboard puts into an address, and spaces of other widths. */
const isTypographic = (code: Code) =>
  code !== null &&
  (code === 0xa0 || code === 0xab || code === 0xbb || (code >= 0x2000 && code < 0x2070));

/** Links in the tree, cut where the address ends. A part of the library looks at texts only, past the constructs above. */
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

/** Not one that was written between brackets: what those enclose is meant. */
function isLiteral({ url, position, children }: Link, { value, position: of }: Text): boolean {
  const isSame = url === value || url === `http://${value}`;
  return isSame && position?.start.offset === of?.start.offset && children.length === 1;
}

/** A host in one script ends where another begins: `example.com查看`. */
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
