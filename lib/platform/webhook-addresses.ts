import { isJsonObject, parseJson } from "./json.ts";
/** The addresses that the tool `send_webhook` may send to, by name. */
export type Webhooks = ReadonlyMap<string, URL>;

const maxWebhooks = 20;

/**
 * Reads the setting WEBHOOKS, which is JSON: `{"name":"https://…"}`. Returns what is wrong with it, never a value. The
 * twin may send to its own machine, and no other deployment may.
 */
export function readWebhooks(
  text: string,
  { isTwin }: { isTwin: boolean },
): { webhooks: Webhooks } | { fault: string } {
  const entries = parseEntries(text);
  if (!entries || entries.length === 0 || entries.length > maxWebhooks) {
    return { fault: `must be JSON of 1 to ${maxWebhooks} names and URLs, like ${example}` };
  }
  const webhooks = new Map<string, URL>();
  for (const [name, value] of entries) {
    // The name is not shown if it could be a URL, which may hold a secret.
    if (!/^[a-z][a-z0-9_-]{0,39}$/.test(name)) {
      return {
        fault: "has a name that is not 1 to 40 of a-z, 0-9, _ and -, beginning with a letter",
      };
    }
    const fault = faultOfServiceAddress(value, isTwin);
    if (fault !== undefined) return { fault: `has the address "${name}", which ${fault}` };
    webhooks.set(name, new URL(String(value)));
  }
  return { webhooks };
}

const example = '{"team_chat":"https://hooks.example.com/T1"}';

function parseEntries(text: string): [string, unknown][] | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? Object.entries(value) : undefined;
}

/**
 * Returns what is wrong with the address of a foreign service, as the end of a sentence. Which address a name has is only known
 * at a request: `lib/platform/public-address.ts` checks that of a webhook then.
 */
export function faultOfServiceAddress(value: unknown, isTwin: boolean): string | undefined {
  const url = typeof value === "string" && value.length <= 2048 ? URL.parse(value) : null;
  if (!url) return "is not a URL";
  const host = url.hostname.replace(/\.$/, "");
  if (isTwin && ["127.0.0.1", "[::1]", "localhost"].includes(host)) return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (url.port === "0") return "must not have the port 0";
  // The URL parser writes every form of an IPv4 address, decimal ones included, as four numbers.
  if (/^\[|\.\d+$/.test(host)) return "must name a host, not an address";
  if (!host.includes(".") || /\.(localhost|local|internal)$/.test(host)) {
    return "must name a host of the public internet";
  }
  return undefined;
}
