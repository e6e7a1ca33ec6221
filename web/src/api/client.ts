import createClient from "openapi-fetch";
import { uniqueKey } from "@/lib/unique";
import { ApiError, problemOf } from "./problem";
import { askProof } from "./proof";
import type { paths } from "./schema";
import { accessToken, discardToken, exclusively, setBarrier, type Barrier } from "./session";
import { worded } from "./worded";

/** Refusals of whatever is asked. */
const BARRIERS: Record<string, Barrier> = { second_factor_setup_required: "second_factor", network_not_allowed: "network" };

/** Proofs: the session goes on by another refresh token afterwards, which arrives as a cookie. */
const RENEWING = new Set(
  ["auth/step-up", "auth/passkeys/step-up", "me/password", "me/factors/totp/confirm", "me/factors/phone/confirm", "me/factors/passkeys"].map((path) => `/api/v1/${path}`),
);

/**
 * A refresh in another tab must not overtake the new cookie with the one before. No token from before knows of the proof, wherever it came
 * from: the next request goes out with one that does.
 */
async function dispatch(request: Request): Promise<Response> {
  const renews = request.method === "POST" && RENEWING.has(new URL(request.url).pathname);
  if (!renews) return fetch(request);
  return exclusively(async () => {
    const response = await fetch(request);
    if (response.ok) discardToken();
    return response;
  });
}

/** Adds the token, and once replays a request whose token was refused. */
async function send(request: Request): Promise<Response> {
  const replay = request.clone();
  const token = await accessToken();
  request.headers.set("Authorization", `Bearer ${token}`);
  const response = await dispatch(request);
  if (response.status !== 401) return response;
  discardToken(token);
  const next = await accessToken();
  replay.headers.set("Authorization", `Bearer ${next}`);
  return dispatch(replay);
}

/**
 * Sends a request as the signed-in person. What needs a fresh proof of who he is waits for the dialog that asks for it
 * and is sent again.
 */
export async function authorisedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await send(request);
  if (response.status !== 403) return response;
  const { code } = await problemOf(response.clone());
  if (BARRIERS[code]) setBarrier(BARRIERS[code]);
  if (code !== "step_up_required" || !(await askProof())) return response;
  // The server keeps its refusal under the key; nothing was done under it.
  if (again.headers.has("Idempotency-Key")) again.headers.set("Idempotency-Key", uniqueKey());
  return send(again);
}

/** The typed client. Every call ends in data or in an [`ApiError`]; use it through [`call`]. */
const baseUrl = typeof location === "undefined" ? "http://localhost" : location.origin;

/** Requests of whoever is signed in. */
export const api = createClient<paths>({ baseUrl, fetch: authorisedFetch });

/** Requests that anybody may send; they carry no token, and wait for none. */
export const open = createClient<paths>({ baseUrl });

api.use({
  onRequest({ request }) {
    // A double click or a replay after a lost answer must not do the work twice.
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", uniqueKey());
    }
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Waits for a call and throws an [`ApiError`] unless it succeeded. */
export async function call<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (error) {
    throw await worded(error);
  }
  if (answer.response.ok) return answer.data as T;
  const body = answer.error as { code?: unknown } | undefined;
  if (body && typeof body.code === "string") {
    const request_id = answer.response.headers.get("x-request-id");
    throw await worded(new ApiError({ request_id, ...(answer.error as object), code: body.code, status: answer.response.status }));
  }
  throw await worded(new ApiError(await problemOf(new Response(null, answer.response))));
}

/** The same with a type of `types.ts`, which tells more than the document does about the words that may stand there. */
export function callAs<T>(pending: Promise<Answer<unknown>>): Promise<T> {
  return call(pending) as Promise<T>;
}

/** The header of an update that must not overwrite somebody else's. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

/** The version that an answer names in its `ETag`. */
export function versionOf(response: Response): number | undefined {
  const found = /^(?:W\/)?"(\d+)"$/.exec(response.headers.get("etag") ?? "");
  return found ? Number(found[1]) : undefined;
}

/** Fetches bytes that need the token, such as an attachment. */
export async function fetchBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  try {
    const response = await authorisedFetch(new Request(new URL(path, location.origin), { signal }));
    if (!response.ok) throw new ApiError(await problemOf(response));
    return await response.blob();
  } catch (error) {
    throw await worded(error);
  }
}

/** The first bytes of what needs the token, `most` of them at most; the rest is not fetched. */
export async function fetchHead(path: string, most: number, signal?: AbortSignal): Promise<{ bytes: Uint8Array; cut: boolean }> {
  try {
    const response = await authorisedFetch(new Request(new URL(path, location.origin), { signal }));
    if (!response.ok) throw new ApiError(await problemOf(response));
    const reader = response.body?.getReader();
    const bytes = new Uint8Array(most);
    for (let held = 0; ; ) {
      const part = await reader?.read();
      if (!part || part.done) return { bytes: bytes.subarray(0, held), cut: false };
      const room = part.value.subarray(0, most - held);
      bytes.set(room, held);
      held += room.length;
      if (room.length < part.value.length) {
        // Nobody waits for what is not looked at.
        void reader?.cancel().catch(() => undefined);
        return { bytes, cut: true };
      }
    }
  } catch (error) {
    throw await worded(error);
  }
}
