import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration, WebAuthnAbortService, type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { api, call } from "@/api/client";
import { ApiError, asApiError } from "@/api/problem";
import { enter, knock } from "@/api/session";
import type { PasskeyCeremony } from "@/api/types";
import { worded } from "@/api/worded";

/** Whether passkeys can work here: browsers know them on safe pages only, and bind them to a name, never to a bare address. */
export function passkeysHere(): boolean {
  return browserSupportsWebAuthn() && !/^(\d+(\.\d+){3}|\[.*\])$/.test(location.hostname);
}

/** Signs in with a passkey alone. */
export async function signInWithPasskey(): Promise<void> {
  await told(async () => {
    const asked = (await (await knock("/auth/passkeys/login/options", {})).json()) as PasskeyCeremony;
    await enter("/auth/passkeys/login", { ceremony: asked.ceremony, credential: await sign(asked) });
  });
}

/** What became of a proposal: somebody is in by it, it is over or cannot be here, or it could not be made this time. */
export type Offered = "in" | "over" | "failed";

/**
 * Has the browser propose passkeys where it fills in addresses, until one is picked or another passkey is asked for. What the server
 * has against the one that was picked is thrown.
 */
export async function offerPasskeys(signal: AbortSignal): Promise<Offered> {
  const over = () => signal.aborted;
  if (!passkeysHere() || !(await browserSupportsWebAuthnAutofill()) || over()) return "over";
  let asked: PasskeyCeremony;
  let credential: object;
  try {
    asked = (await (await knock("/auth/passkeys/login/options", {})).json()) as PasskeyCeremony;
    if (over()) return "over";
    signal.addEventListener("abort", () => WebAuthnAbortService.cancelCeremony(), { once: true });
    credential = await startAuthentication({ optionsJSON: asked.public_key as unknown as PublicKeyCredentialRequestOptionsJSON, useBrowserAutofill: true });
  } catch {
    // Nobody asked for it, so nobody is told that it does not work: the other ways in are there.
    return over() ? "over" : "failed";
  }
  await told(() => enter("/auth/passkeys/login", { ceremony: asked.ceremony, credential: json(credential) }));
  return "in";
}

/** Gives a passkey as the second factor that is owed. */
export function meetWithPasskey(challenge: string) {
  return told(async () => {
    const asked = (await (await knock("/auth/passkeys/second-factor/options", { challenge })).json()) as PasskeyCeremony;
    return enter("/auth/passkeys/second-factor", { challenge, ceremony: asked.ceremony, credential: await sign(asked) });
  });
}

/** Proves anew who one is. */
export async function stepUpWithPasskey(): Promise<void> {
  await told(async () => {
    const asked = await call(api.POST("/api/v1/auth/passkeys/step-up/options"));
    await call(api.POST("/api/v1/auth/passkeys/step-up", { body: { ceremony: asked.ceremony, credential: await sign(asked) } }));
  });
}

/** Has the browser make a passkey, and adds it. */
export function addPasskey(name: string) {
  return told(async () => {
    const asked = await call(api.POST("/api/v1/me/factors/passkeys/options"));
    const optionsJSON = asked.public_key as unknown as PublicKeyCredentialCreationOptionsJSON;
    const credential = await prompted(() => startRegistration({ optionsJSON }));
    return call(api.POST("/api/v1/me/factors/passkeys", { body: { ceremony: asked.ceremony, name, credential: json(credential) } }));
  });
}

async function sign(asked: PasskeyCeremony) {
  const optionsJSON = asked.public_key as unknown as PublicKeyCredentialRequestOptionsJSON;
  return json(await prompted(() => startAuthentication({ optionsJSON })));
}

const json = (credential: object) => credential as Record<string, never>;

/** Asks the person through the browser: whatever comes of it but a signature, no passkey was used. */
async function prompted<T>(ask: () => Promise<T>): Promise<T> {
  if (!passkeysHere()) throw new ApiError({ status: 0, code: "passkeys_unavailable" });
  try {
    return await ask();
  } catch (error) {
    const held = error instanceof Error && error.name === "InvalidStateError";
    throw new ApiError({ status: 0, code: held ? "passkey_held" : "passkey_cancelled", detail: error instanceof Error ? error.message : null });
  }
}

/** No field of a form holds a passkey: a verdict on one is told as what happened. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failed = asApiError(error);
    const verdict = failed.problem.errors?.find(({ pointer }) => pointer === "/credential" || pointer === "/ceremony" || pointer === "/method");
    throw await worded(verdict ? new ApiError({ ...failed.problem, code: verdict.code, errors: [] }) : failed);
  }
}
