/** What became of a picture on somebody else's server: our own address of it, or why it is not here. */
export type RemotePicture = { path: string } | { why: string };

/** What the document says by itself, in the reader's language. */
export interface MailWords {
  /** In the place of a picture that is not loaded. */
  blocked: string;
  /** Before the host that a link leads to, when its text names another. */
  leadsTo: string;
}

/** What became of a mail's HTML on its way into the frame. */
export interface MailDocument {
  html: string;
  /** Pictures on other people's servers that were left out: loading them would tell the sender that the mail was read. */
  blockedImages: number;
  /** Pictures that nobody would see; they are never fetched. */
  pixels: number;
  /** Links that lead to another host than their text names. */
  strayLinks: number;
  /** Pictures to fetch from us with the token: placeholder number to path. */
  images: string[];
}

const TAG = /<[a-zA-Z][a-zA-Z0-9-]*(?:\s+[^\s=>/]+(?:="[^"]*")?)*\s*\/?>/g;
const STYLE = /\sstyle="([^"]*)"/;
const IMAGE = /\ssrc="([^"]*)"/;
const ATTRIBUTE = /\s([^\s=>/]+)(?:="([^"]*)")?/g;
const OWN_IMAGE = /^\/api\/v1\/attachments\/[0-9a-f-]+$/i;
const NONE: ReadonlyMap<string, RemotePicture> = new Map();

function decode(attribute: string): string {
  return attribute.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** The attributes of a tag as they are written, read in their order: what stands within one is none. */
function attributesOf(tag: string): Map<string, string> {
  return new Map([...tag.matchAll(ATTRIBUTE)].map(([, name, value]) => [name!, value ?? ""]));
}

/**
 * Prepares HTML that the server has sanitised for the strict policy of the page, which a frame inherits: style
 * attributes are not allowed there, so each becomes a rule of one sheet that carries the nonce; pictures are left out
 * or marked for fetching. The text is only rewritten tag by tag, so it stays linear in its length.
 */
export function mailDocument(sanitised: string, nonce: string, dark: boolean, words: MailWords, remote: ReadonlyMap<string, RemotePicture> = NONE): MailDocument {
  const rules: string[] = [];
  const images: string[] = [];
  let blockedImages = 0;
  let pixels = 0;
  let strayLinks = 0;
  const fetched = (path: string) => {
    images.push(path);
    return ` data-image="${images.length - 1}"`;
  };
  const body = sanitised.replace(TAG, (tag) => {
    let out = tag;
    const style = STYLE.exec(out);
    if (style) {
      const css = decode(style[1]!).replace(/[<>{}@\\]/g, "");
      if (css.trim()) rules.push(`[data-s="${rules.length}"]{${css}}`);
      out = out.replace(STYLE, css.trim() ? ` data-s="${rules.length - 1}"` : "");
    }
    if (/^<a\b/i.test(out) && attributesOf(out).get("data-link-mismatch")) strayLinks += 1;
    if (!/^<img\b/i.test(out)) return out;
    const source = IMAGE.exec(out);
    const address = source ? decode(source[1]!) : "";
    if (address.startsWith("data:image/")) return out;
    if (OWN_IMAGE.test(address)) return out.replace(IMAGE, fetched(address));
    const attributes = attributesOf(out);
    // A picture the mail names but does not hold is simply missing; only remote ones were kept from loading.
    if (attributes.has("data-cid")) return "";
    if (attributes.has("data-remote-pixel")) {
      pixels += 1;
      return "";
    }
    const named = decode(attributes.get("data-remote-src") ?? "");
    const found = remote.get(named);
    if (found && "path" in found) {
      attributes.delete("data-remote-src");
      const rest = [...attributes].map(([name, value]) => ` ${name}="${value}"`).join("");
      return `<img${fetched(found.path)}${rest}>`;
    }
    if (!found) blockedImages += 1;
    const said = [decode(attributes.get("alt") ?? "").trim(), found ? found.why : words.blocked].filter(Boolean);
    return `<span class="blocked">${escapeText(said.join(" – "))}</span>`;
  });
  const sheet = nonce ? ` nonce="${nonce}"` : "";
  const styles = nonce ? `'nonce-${nonce}'` : "'unsafe-inline'";
  return {
    blockedImages,
    pixels,
    strayLinks,
    images,
    html: `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src ${styles}"><meta name="referrer" content="no-referrer"><style${sheet}>${base(dark)}${stray(dark, words.leadsTo)}${rules.join("")}</style></head><body dir="auto">${body}</body></html>`,
  };
}

function base(dark: boolean): string {
  // Mail is written for white paper; a dark page shows it on a light sheet only when it brings its own colours.
  const colours = dark ? "color:#e4e8ea;background:transparent;color-scheme:dark" : "color:#1d2a30;background:transparent;color-scheme:light";
  const link = dark ? "#7cc8d4" : "#0b5f69";
  const [mention, own] = dark ? ["#1e3b41", "#4a3d12"] : ["#dceff1", "#fbefc4"];
  return `html,body{margin:0;${colours}}body{font:14px/1.6 "Noto Sans","Noto Sans Arabic",system-ui,sans-serif;overflow-wrap:anywhere;unicode-bidi:plaintext}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}a{color:${link}}mark[data-mention]{border-radius:4px;padding:0 2px;font-weight:500;color:inherit;background:${mention}}mark[data-me]{background:${own}}blockquote{margin:0;margin-inline-start:8px;padding-inline-start:10px;border-inline-start:2px solid #8a9aa2}.blocked{display:inline-block;padding:1px 6px;border:1px dashed #8a9aa2;border-radius:4px;font-size:12px;opacity:.8}`;
}

/** After a link whose text names another host: where it leads, in words and a frame, whatever the mail's colours are. */
function stray(dark: boolean, leadsTo: string): string {
  const [text, ground] = dark ? ["#f2c46d", "#33290f"] : ["#7a4b00", "#fff6e0"];
  const label = leadsTo.replace(/["\\<>\n]/g, "");
  return `a[data-link-mismatch]::after{content:" ⚠ ${label} \u2068" attr(data-link-mismatch) "\u2069 ";display:inline-block;margin-inline-start:4px;padding:0 5px;border:1px solid currentColor;border-radius:4px;font:600 12px/1.5 "Noto Sans","Noto Sans Arabic",system-ui,sans-serif;color:${text};background:${ground};text-decoration:none}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
