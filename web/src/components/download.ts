import { fetchBlob } from "@/api/client";

/** Saves bytes that need the token: a plain link could not send it. */
export async function download(path: string, name: string): Promise<void> {
  saveFile(await fetchBlob(path), name);
}

/** Saves bytes that are here. */
export function saveFile(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
