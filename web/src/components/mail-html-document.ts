/** What became of a mail's HTML on its way into the frame. */
export interface MailDocument {
  html: string;
  /** Pictures on other people's servers that were left out: loading them would tell the sender that the mail was read. */
  blockedImages: number;
  /** Attachments to fetch with the token: placeholder number to path. */
  images: string[];
}

const TAG = /<[a-zA-Z][a-zA-Z0-9-]*(?:\s+[^\s=>/]+(?:="[^"]*")?)*\s*\/?>/g;
const STYLE = /\sstyle="([^"]*)"/;
const IMAGE = /\ssrc="([^"]*)"/;
const OWN_IMAGE = /^\/api\/v1\/attachments\/[0-9a-f-]+$/i;

function decode(attribute: string): string {
  return attribute.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/**
 * Prepares HTML that the server has sanitised for the strict policy of the page, which a frame inherits: style
 * attributes are not allowed there, so each becomes a rule of one sheet that carries the nonce; pictures are left out
 * or marked for fetching. The text is only rewritten tag by tag, so it stays linear in its length.
 */
export function mailDocument(sanitised: string, nonce: string, dark: boolean, blockedLabel: string): MailDocument {
  const rules: string[] = [];
  const images: string[] = [];
  let blockedImages = 0;
  const body = sanitised.replace(TAG, (tag) => {
    let out = tag;
    const style = STYLE.exec(out);
    if (style) {
      const css = decode(style[1]!).replace(/[<>{}@\\]/g, "");
      if (css.trim()) rules.push(`[data-s="${rules.length}"]{${css}}`);
      out = out.replace(STYLE, css.trim() ? ` data-s="${rules.length - 1}"` : "");
    }
    if (!/^<img\b/i.test(out)) return out;
    const source = IMAGE.exec(out);
    const address = source ? decode(source[1]!) : "";
    if (address.startsWith("data:image/")) return out;
    if (OWN_IMAGE.test(address)) {
      images.push(address);
      return out.replace(IMAGE, ` data-image="${images.length - 1}"`);
    }
    // A picture the mail names but does not hold is simply missing; only remote ones were kept from loading.
    if (/\sdata-cid="/.test(out)) return "";
    blockedImages += 1;
    return `<span class="blocked">${escapeText(blockedLabel)}</span>`;
  });
  const sheet = nonce ? ` nonce="${nonce}"` : "";
  const styles = nonce ? `'nonce-${nonce}'` : "'unsafe-inline'";
  return {
    blockedImages,
    images,
    html: `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src ${styles}"><meta name="referrer" content="no-referrer"><style${sheet}>${base(dark)}${rules.join("")}</style></head><body dir="auto">${body}</body></html>`,
  };
}

function base(dark: boolean): string {
  // Mail is written for white paper; a dark page shows it on a light sheet only when it brings its own colours.
  const colours = dark ? "color:#e4e8ea;background:transparent;color-scheme:dark" : "color:#1d2a30;background:transparent;color-scheme:light";
  const link = dark ? "#7cc8d4" : "#0b5f69";
  const [mention, own] = dark ? ["#1e3b41", "#4a3d12"] : ["#dceff1", "#fbefc4"];
  return `html,body{margin:0;${colours}}body{font:14px/1.6 "Noto Sans","Noto Sans Arabic",system-ui,sans-serif;overflow-wrap:anywhere;unicode-bidi:plaintext}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}a{color:${link}}mark[data-mention]{border-radius:4px;padding:0 2px;font-weight:500;color:inherit;background:${mention}}mark[data-me]{background:${own}}blockquote{margin:0;margin-inline-start:8px;padding-inline-start:10px;border-inline-start:2px solid #8a9aa2}.blocked{display:inline-block;padding:1px 6px;border:1px dashed #8a9aa2;border-radius:4px;font-size:12px;opacity:.8}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
