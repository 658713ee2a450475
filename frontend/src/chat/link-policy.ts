const allowedSchemes = ["http:", "https:", "mailto:"];

/**
 * Where a link in an answer may lead: to an absolute http, https or mailto address. Null for everything else; a model's
 * answer has no business with addresses of this page or with scripts.
 */
export function allowedUrl(address: string | undefined): URL | null {
  const url = URL.parse(address ?? "");
  return url !== null && allowedSchemes.includes(url.protocol) ? url : null;
}

/** What a link's text may hide: the host it leads to. Null when the text says it already. */
export function hiddenHost(url: URL, text: string): string | null {
  const host = url.host.replace(/^www\./, "");
  return host === "" || text.includes(host) ? null : host;
}
