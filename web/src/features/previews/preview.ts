import type { Attachment } from "@/api/types";

/** What is shown: a file of a message, a document of a customer. */
export type PreviewFile = Pick<Attachment, "id" | "name" | "content_type" | "size" | "state" | "reason">;

/** How a file is shown in place. */
export type PreviewKind = "image" | "pdf" | "text";
/** Why it is not. */
export type NoPreview = "checking" | "infected" | "unchecked" | "blocked" | "empty" | "tooLarge" | "noKind";

export type Preview = { kind: PreviewKind; why?: undefined } | { kind?: undefined; why: NoPreview; /** What the scanner found. */ found?: string };

/** Of a text no more than this is fetched and shown, in bytes. */
export const MOST_TEXT = 256 * 1024;
/** Of the others all is held in memory, in bytes; whoever needs more downloads it. */
export const MOST_BYTES: Record<"image" | "pdf", number> = { image: 12 * 1024 * 1024, pdf: 24 * 1024 * 1024 };

/** Pictures made of points. Drawings (SVG) can hold scripts, other kinds no browser shows. */
const IMAGE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
/** What is text for its readers. Pages and their like are no text: their source helps nobody, and they are never shown as what they are. */
const TEXT = /^(text\/(?!html|xml)[\w.+-]+|application\/json|message\/rfc822)$/;
/** Files in an old encoding are no text to the server: their names say what they are. */
const TEXT_NAME = /\.(txt|log|csv|tsv|md|json|ya?ml|ini|conf|cfg)$/i;

/** How a file is shown, or why it is not; by its type, which is that of its content, as far as it says anything. */
export function previewOf({ name, content_type, size, state, reason }: Omit<PreviewFile, "id">): Preview {
  if (state === "checking") return { why: "checking" };
  if (state !== "clean") {
    if (reason === "not checked") return { why: "unchecked" };
    const found = /^infected: (.*)$/s.exec(reason ?? "")?.[1];
    return found === undefined ? { why: "blocked" } : { why: "infected", found };
  }
  const type = content_type.split(";")[0]!.trim().toLowerCase();
  const kind = IMAGE.test(type)
    ? "image"
    : type === "application/pdf"
      ? "pdf"
      : TEXT.test(type) || (type === "application/octet-stream" && TEXT_NAME.test(name))
        ? "text"
        : null;
  if (kind === null) return { why: "noKind" };
  if (size === 0) return { why: "empty" };
  return kind !== "text" && size > MOST_BYTES[kind] ? { why: "tooLarge" } : { kind };
}

/** The text of a file or of its beginning. What is no UTF-8 becomes the sign for that; a letter that the cut went through is left out. */
export function textOf(bytes: Uint8Array, cut: boolean): string {
  return new TextDecoder("utf-8").decode(bytes, { stream: cut });
}

/** The place in a ring of `count` files that an arrow key leads to; null for any other key. Arrows follow the direction of reading. */
export function turn(key: string, at: number, count: number, direction: "ltr" | "rtl"): number | null {
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const forward = (key === "ArrowRight") === (direction === "ltr");
  return (at + (forward ? 1 : count - 1)) % count;
}
