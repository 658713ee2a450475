/** In this order, because most browsers also name the browsers that they descend from. */
const browsers: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|OPT)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Headless)?(Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

/** In this order, because Android also names Linux, and an iPhone also names Mac OS X. */
const systems: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac(intosh| OS X)\b/, "Mac"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

/**
 * Returns the name that a person recognises a device by, such as `Firefox, Windows`, or of a program such as `curl`.
 * Undefined if the header says neither. Only a hint: a client may send any text.
 */
export function deviceName(userAgent: string | undefined): string | undefined {
  // The patterns look at the beginning only, however long the header is.
  const text = userAgent?.slice(0, 512) ?? "";
  const names = [nameIn(text, browsers), nameIn(text, systems)].filter(
    (name) => name !== undefined,
  );
  return names.length > 0 ? names.join(", ") : /^[A-Za-z][\w.-]{1,39}(?=\/)/.exec(text)?.[0];
}

const nameIn = (text: string, names: [RegExp, string][]): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];
