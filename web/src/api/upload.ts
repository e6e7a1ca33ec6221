import { uniqueKey } from "@/lib/unique";
import { accessToken } from "./session";
import { ApiError, OFFLINE, type Problem } from "./problem";
import type { Upload } from "./types";
import { worded } from "./worded";

/** Sends a file somewhere, telling how far it has come. */
export type Send<R = unknown> = (file: File, onProgress: (percent: number) => void, signal: AbortSignal) => Promise<R>;

/** Sends one file as an attachment of a message to come. */
export const upload: Send<Upload> = (file, onProgress, signal) => sendFile("/api/v1/uploads", {}, file, onProgress, signal);

/** Sends one file, its name in the address; XMLHttpRequest because fetch does not report how far an upload has come. */
export async function sendFile<R>(path: string, query: Record<string, string>, file: File, onProgress: (percent: number) => void, signal: AbortSignal): Promise<R> {
  const token = await accessToken();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${path}?${new URLSearchParams({ ...query, filename: file.name })}`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", uniqueKey());
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(Math.round((event.loaded / event.total) * 100));
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as R);
      else void worded(new ApiError(problem(request))).then(reject);
    };
    request.onerror = () => reject(new ApiError({ status: 0, code: OFFLINE }));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function problem(request: XMLHttpRequest): Problem {
  const body = request.response as Partial<Problem> | null;
  // What is wrong with the file itself says more than that something is.
  const file = body?.errors?.find(({ pointer }) => pointer === "")?.code;
  const code = file ?? body?.code ?? (request.status === 413 ? "too_large" : "unexpected");
  return { ...body, code, status: request.status, request_id: request.getResponseHeader("x-request-id") };
}
