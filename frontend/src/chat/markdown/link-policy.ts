const allowedSchemes = ["http:", "https:", "mailto:"];

/**
 * Returns the URL of a link in an answer if the link may work: an absolute http, https or mailto address. Returns null for
 * everything else, such as scripts and addresses of this page.
 */
export function allowedUrl(address: string | undefined): URL | null {
  const url = URL.parse(address ?? "");
  return url !== null && allowedSchemes.includes(url.protocol) ? url : null;
}

/**
 * Returns the host or the mail recipients that the text of a link hides. Returns null only if the text is an address of
 * exactly that host in ASCII. Look-alike letters of other alphabets make the host start with `xn--`.
 */
export function hiddenTarget(url: URL, text: string): string | null {
  if (url.protocol === "mailto:") {
    const recipients = recipientsOf(url);
    return withoutScheme(text, "mailto:") === recipients.toLowerCase() ? null : recipients;
  }
  return statedHost(url, text) === url.host ? null : url.host;
}

/** Returns the host that a person reads in a text: everything before the path, including `user@`. */
function statedHost(url: URL, text: string): string {
  const [host = ""] = withoutScheme(text, /^https?:\/\//).split(/[/?#]/);
  const defaultPort = url.protocol === "https:" ? ":443" : ":80";
  return url.port === "" && host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
}

/** Returns all recipients. The names of fields are case-insensitive (RFC 6068). */
function recipientsOf(url: URL): string {
  const more = [...url.searchParams]
    .filter(([field]) => ["to", "cc", "bcc"].includes(field.toLowerCase()))
    .map(([, address]) => address);
  return [decode(url.pathname), ...more].filter((each) => each !== "").join(", ");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const withoutScheme = (text: string, scheme: string | RegExp) =>
  text.trim().toLowerCase().replace(scheme, "");
