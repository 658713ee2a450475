import { isJsonObject, parseJson } from "./json.ts";
import { faultOfHeaders } from "./request-headers.ts";

/** A server of the Model Context Protocol whose tools the agent may use. */
export interface McpServer {
  /** Begins the names of the server's tools. */
  name: string;
  url: string;
  /** Sent with every request, for example a key. */
  headers: Record<string, string>;
  /** Which of the server's tools the agent may know, by the server's own names. `*` stands for any characters. */
  allow: readonly string[];
  /** Which of them only read. Every other tool counts as one that changes something. */
  reads: readonly string[];
}

const maxServers = 10;
const maxPatterns = 100;
const maxUrlLength = 2_048;

/**
 * Reads the secret `mcp-servers`, which is JSON: `{"servers":[{"name":"…","url":"https://…"}]}`. Returns what is wrong with
 * it, never a value. Uses no schema library: with it, every function that reads a secret would load more code.
 * @param deployed in AWS every server must have https; the local twin may call its own machine
 */
export function readMcpServers(
  text: string,
  deployed: boolean,
): { servers: readonly McpServer[] } | { faults: readonly string[] } {
  const value = parseJson(text);
  if (!isJsonObject(value) || !Array.isArray(value.servers)) {
    return { faults: ["the value must be a JSON object with a list of servers"] };
  }
  const servers: unknown[] = value.servers;
  if (servers.length < 1 || servers.length > maxServers) {
    return { faults: [`servers must be 1 to ${maxServers}`] };
  }
  const faults = servers.flatMap((server, index) =>
    faultsOf(server, deployed).map((fault) => `servers.${index}${fault}`),
  );
  if (faults.length > 0) return { faults };
  const names = (servers as McpServer[]).map(({ name }) => name);
  if (new Set(names).size < names.length) return { faults: ["servers must have different names"] };
  // A rule of the policy names a tool of one server: `tracker_new_*` must not match a tool of `tracker`.
  if (names.some((name) => names.some((other) => name.startsWith(`${other}_`)))) {
    return { faults: ["no server's name may begin with that of another and _"] };
  }
  return { servers: (servers as McpServer[]).map((server) => ({ ...defaults, ...server })) };
}

const defaults = { headers: {}, allow: ["*"], reads: [] };

/** Returns the ends of sentences that begin with the server's place. */
function faultsOf(server: unknown, deployed: boolean): string[] {
  if (!isJsonObject(server)) return [" must be a JSON object with name and url"];
  const { name, url, headers = {}, allow = ["*"], reads = [], ...others } = server;
  const faults: [string, string | false | undefined][] = [
    ["", Object.keys(others).length > 0 && "may have only name, url, headers, allow and reads"],
    [".name", faultOfName(name)],
    [".url", faultOfUrl(url, deployed)],
    [".headers", faultOfHeaders(headers)],
    [".allow", faultOfPatterns(allow)],
    [".reads", faultOfPatterns(reads)],
  ];
  return faults.flatMap(([place, fault]) => (fault ? [`${place} ${fault}`] : []));
}

const faultOfName = (name: unknown): string | undefined =>
  typeof name === "string" && /^[a-z][a-z0-9_]{0,20}$/.test(name)
    ? undefined
    : "must be 1 to 21 of a-z, 0-9 and _, beginning with a letter";

/** A redirect is not followed, so this is the only address that a server's headers reach. */
function faultOfUrl(text: unknown, deployed: boolean): string | undefined {
  const url = typeof text === "string" && text.length <= maxUrlLength ? URL.parse(text) : null;
  if (!url) return "must be a URL";
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (url.hash !== "") return "must not have a fragment";
  if (url.protocol === "https:") return undefined;
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  return !deployed && url.protocol === "http:" && isLoopback
    ? undefined
    : "must begin with https://";
}

const faultOfPatterns = (patterns: unknown): string | undefined =>
  Array.isArray(patterns) &&
  patterns.length <= maxPatterns &&
  patterns.every((one) => typeof one === "string" && /^[\w./*-]{1,128}$/.test(one))
    ? undefined
    : `must be a list of at most ${maxPatterns} tools' names, in which * stands for anything`;
