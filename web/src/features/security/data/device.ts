// What people call their browsers and devices; the first that fits wins, because most browsers also claim to be others.
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const first = (known: [RegExp, string][], text: string) => known.find(([sign]) => sign.test(text))?.[1];

/** The browser and the system that a user agent names, such as `Firefox · Windows`; null when it says nothing. */
export function deviceOf(userAgent: string | null | undefined): string | null {
  const text = userAgent?.trim();
  if (!text) return null;
  // A program says its name and version first.
  const browser = first(BROWSERS, text) ?? (text.startsWith("Mozilla/") ? undefined : text.split(/[\s/]/)[0]);
  const names = [browser, first(SYSTEMS, text)].filter((name) => name !== undefined);
  return names.length > 0 ? names.join(" · ") : null;
}
