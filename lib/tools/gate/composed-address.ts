import type { Tool } from "#lib/tools/tool.ts";

/** What the model has read in a conversation, and what it has called. */
export interface Conversation {
  /** The person's messages. */
  messages: readonly string[];
  results: readonly CallResult[];
  /** A summary stands for older turns. It may hold anything that they held. */
  isSummarised: boolean;
}

export interface CallResult {
  name: string;
  input: unknown;
  output: string;
  isDone: boolean;
  /** A sentence of this system, such as a denial. */
  isOwnWords: boolean;
}

export const emptyConversation: Conversation = { messages: [], results: [], isSummarised: false };

/**
 * Returns whether the model wrote this address itself, in a conversation where others' words may have told it to: then the
 * address may hold what must not leave. An address that a person or a source wrote holds nothing that its writer did not know.
 */
export function isComposedAddress(
  address: string,
  conversation: Conversation,
  tools: readonly Tool[],
): boolean {
  const key = keyOf(address.trim());
  if (key === undefined) return false;
  const toolOf = ({ name }: CallResult) => tools.find((tool) => tool.name === name);
  const { messages, results, isSummarised } = conversation;
  const readsOthers = results.some((result) => holdsOthersWords(result, toolOf(result)));
  if (!readsOthers && !isSummarised) return false;
  if (messages.some((text) => keysIn(text, { withoutScheme: true }).has(key))) return false;
  const isVouched = results.some((result) => isNamedBy(result, toolOf(result), key));
  const isRepeated = () =>
    results.some((result) => {
      const fetches = toolOf(result)?.addressOf !== undefined;
      return !fetches && keysIn(JSON.stringify(result.input) ?? "").has(key);
    });
  // A tool that repeats its arguments must not turn the model's words into a source's.
  return !isVouched || isRepeated();
}

/** A tool that finds texts fails with a sentence of this system. */
function holdsOthersWords({ isOwnWords, isDone }: CallResult, tool: Tool | undefined): boolean {
  if (isOwnWords || tool?.resultText === "own") return false;
  return isDone || tool?.resultText !== "found";
}

/** An address that a call has fetched has left already. Its page may have told another one, after a redirect. */
function isNamedBy({ input, output, isDone }: CallResult, tool: Tool | undefined, key: string) {
  if (!isDone || tool?.resultText !== "found") return false;
  const fetched = tool.addressOf?.(input);
  return (fetched !== undefined && keyOf(fetched.trim()) === key) || keysIn(output).has(key);
}

/** Two addresses with one key reach the same page, whatever their scheme, fragment, and last slash. */
function keyOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return undefined;
  const path = url.pathname.replace(/\/+$/, "").replaceAll("%28", "(").replaceAll("%29", ")");
  return `${url.host}${path}${url.search}`;
}

/** `read_page` takes no longer address. */
const maxLength = 2_000;
/** One word may hold an address and the end of a link's Markdown, and Chinese text has no spaces. */
const maxEnds = 8;
const space = /[\s<>"“”„«»|]+/u;
const end = /[)\]}'`’*。，、；：！？）】」』]/gu;

/** Returns the keys of the addresses in a text: in prose, in Markdown, and in HTML. */
function keysIn(text: string, { withoutScheme = false } = {}): Set<string> {
  const keys = new Set<string>();
  const plain = text.replaceAll(/&amp;/giu, "&").replaceAll(/\\([_*~[\]()#`-])/gu, "$1");
  for (const word of plain.split(space)) {
    const starts = [...word.matchAll(/https?:\/\//giu)].slice(0, maxEnds).map(({ index }) => index);
    if (starts.length === 0 && withoutScheme && word.includes(".")) {
      addKeys(keys, `https://${word.replace(/^[^\p{L}\p{N}]+/u, "")}`);
    }
    for (const start of starts) addKeys(keys, word.slice(start));
  }
  return keys;
}

function addKeys(keys: Set<string>, written: string): void {
  const address = written.slice(0, maxLength);
  const ends = [...address.matchAll(end)].slice(0, maxEnds).map(({ index }) => index);
  for (const at of [...ends, address.length]) {
    const part = address.slice(0, at);
    for (const candidate of [part, part.replace(/[.,;:!?_~]+$/u, "")]) {
      const key = keyOf(candidate);
      if (key !== undefined) keys.add(key);
    }
  }
}
