const allowedSchemes = ["http:", "https:", "mailto:"];

/**
 * Where a link in an answer may lead: to an absolute http, https or mailto address. Null for everything else; a model's
 * answer has no business with addresses of this page or with scripts.
 */
export function allowedUrl(address: string | undefined): URL | null {
  const url = URL.parse(address ?? "");
  return url !== null && allowedSchemes.includes(url.protocol) ? url : null;
}

/**
 * Where a link leads that its text does not say: a host, or the recipients of a mail. Null only if the text is an address
 * of exactly that host, in ASCII: letters of other alphabets look like it, and come as `xn--…`.
 */
export function hiddenTarget(url: URL, text: string): string | null {
  if (url.protocol === "mailto:") {
    const recipients = recipientsOf(url);
    return withoutScheme(text, "mailto:") === recipients.toLowerCase() ? null : recipients;
  }
  return statedHost(url, text) === url.host ? null : url.host;
}

/** The host of an address as a person reads it: up to the path, with whoever seems to be at home there. */
function statedHost(url: URL, text: string): string {
  const [host = ""] = withoutScheme(text, /^https?:\/\//).split(/[/?#]/);
  const defaultPort = url.protocol === "https:" ? ":443" : ":80";
  return url.port === "" && host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
}

/** Mail programs read the names of fields in any case (RFC 6068). */
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
