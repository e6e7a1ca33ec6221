/** Largest mail that is sent, in bytes: `outgoing` of `domain/src/mail/limits.rs`. */
export const LARGEST_MAIL = 25 * 1024 * 1024;

/** Bytes that files take up in a mail: base64 makes them grow. */
export function mailSize(files: readonly { size: number; error?: unknown }[]): number {
  const bytes = files.reduce((sum, { size, error }) => sum + (error ? 0 : size), 0);
  return Math.floor(bytes * 1.37);
}
