import { create } from "zustand";
import { ApiError, asApiError, problemOf } from "./problem";
import type { CodeOnItsWay, Me, Session } from "./types";
import { worded } from "./worded";

/** Why the server opens nothing to somebody who is signed in: his role's second factor is owed, or he comes from a network that staff may not work from. */
export type Barrier = "second_factor" | "network";
export type SessionStatus = "starting" | "anonymous" | "signed_in" | "expired";

interface SessionState {
  status: SessionStatus;
  user: Me | null;
  barrier: Barrier | null;
}

/** Who is signed in. The access token is not part of it: it lives in this module only, never in storage. */
export const useSession = create<SessionState>(() => ({ status: "starting", user: null, barrier: null }));

let token: { value: string; expiresAt: number } | null = null;
let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
let refreshing: Promise<string> | null = null;

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("cm.session");
const LOCK = "cm.refresh";
/** Renew this long before the token ends, so that a request is not refused on its way. */
const MARGIN_MS = 15_000;

channel?.addEventListener("message", (event: MessageEvent<{ session: Session } | { signedOut: true }>) => {
  if ("session" in event.data) accept(event.data.session, false);
  else end("anonymous");
});

function accept(session: Session, share: boolean): void {
  const changed = useSession.getState().user;
  // Somebody else signed in from another tab: what is cached here is not his.
  if (changed && changed.id !== session.user.id) {
    location.assign("/");
    return;
  }
  token = { value: session.access_token, expiresAt: Date.now() + session.expires_in * 1000 };
  useSession.setState({ status: "signed_in", user: session.user });
  for (const waiter of waiting.splice(0)) waiter.resolve();
  if (share) channel?.postMessage({ session });
}

function end(status: "anonymous" | "expired"): void {
  token = null;
  useSession.setState((state) => ({ status, user: status === "expired" ? state.user : null, barrier: status === "expired" ? state.barrier : null }));
}

/** The server refused whatever was asked, or has been given what it wanted. */
export function setBarrier(barrier: Barrier | null): void {
  useSession.setState({ barrier });
}

async function post(path: string, body?: unknown): Promise<Response> {
  return fetch(`/api/v1${path}`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: body === undefined ? "{}" : JSON.stringify(body),
  });
}

/** The first proof was good, and a second factor is owed. */
export interface Owed {
  challenge: string;
  methods: string[];
}

/** A request of somebody who is not signed in. */
export async function knock(path: string, body: unknown): Promise<Response> {
  try {
    const response = await post(path, body);
    if (!response.ok) throw new ApiError(await problemOf(response));
    return response;
  } catch (error) {
    throw await worded(error);
  }
}

/** Gives a proof: the session begins, or something is still owed. */
export async function enter(path: string, body: unknown): Promise<Owed | null> {
  const answer = (await (await knock(path, body)).json()) as Session | { second_factor: Owed };
  if ("second_factor" in answer) return answer.second_factor;
  accept(answer, true);
  return null;
}

/** Signs in, or says what is still owed; the refresh token arrives as a cookie that scripts cannot read. */
export const signIn = (email: string, password: string) => enter("/auth/login", { email, password });

/** Signs in with the token of a mailed link. */
export const signInByLink = (token: string) => enter("/auth/magic-link/redeem", { token });

/** An account of a provider that waits to be linked with the one here that has its address. */
export interface WaitingLink {
  provider: string;
  email: string;
}

/** What becomes of somebody whom a provider sent back: he is in (`null`), owes a second factor, proves his account first, or has linked it. */
export type Arrival = { owed: Owed } | { linkNeeded: WaitingLink } | { linked: string } | null;

/** Hands over what a provider sent along with a person. */
export async function arrive(body: { state: string; code?: string; iss?: string }): Promise<Arrival> {
  const answer = (await (await knock("/auth/oidc/callback", body)).json()) as Session | { second_factor: Owed } | { link_needed: WaitingLink } | { linked: string };
  if ("second_factor" in answer) return { owed: answer.second_factor };
  if ("link_needed" in answer) return { linkNeeded: answer.link_needed };
  if ("linked" in answer) return { linked: answer.linked };
  accept(answer, true);
  return null;
}

/** Gives the second factor that is owed. */
export const giveSecondFactor = (challenge: string, method: string, code: string) =>
  enter("/auth/second-factor", { challenge, method, code });

/** Has a code sent by text message for the second factor that is owed. */
export const sendLoginCode = async (challenge: string) => (await (await knock("/auth/second-factor/sms", { challenge })).json()) as CodeOnItsWay;

export async function signOut(): Promise<void> {
  await post("/auth/logout").catch(() => undefined);
  for (const waiter of waiting.splice(0)) waiter.reject(new ApiError({ status: 401, code: "unauthenticated" }));
  channel?.postMessage({ signedOut: true });
  end("anonymous");
}

/** At start: the cookie of an earlier visit may still open the session. */
export async function resume(): Promise<void> {
  try {
    await refresh();
  } catch {
    if (useSession.getState().status === "starting") end("anonymous");
  }
}

/**
 * Fetches a new access token. Refresh tokens are used once, so only one tab may do it at a time; the tabs that waited
 * take the token that the first one got.
 */
export function refresh(): Promise<string> {
  refreshing ??= exclusively(async () => {
    if (token && token.expiresAt - Date.now() > MARGIN_MS) return token.value;
    const response = await post("/auth/refresh");
    // 204: this browser holds no session.
    if (!response.ok || response.status === 204) {
      const problem = response.ok ? { status: 401, code: "unauthenticated" } : await problemOf(response);
      if (problem.status === 401 || problem.status === 403) lost();
      throw new ApiError(problem);
    }
    accept((await response.json()) as Session, true);
    return token!.value;
  })
    .catch((error: unknown) => {
      throw asApiError(error);
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

function lost(): void {
  const { status } = useSession.getState();
  end(status === "signed_in" || status === "expired" ? "expired" : "anonymous");
}

/** Does what uses up the refresh token while no other tab of this browser does. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks ? ((await locks.request(LOCK, work)) as T) : work();
}

/** A token that is still good; asks for a new one when needed and, when the session is over, waits for the dialog. */
export async function accessToken(): Promise<string> {
  if (token && token.expiresAt - Date.now() > MARGIN_MS) return token.value;
  try {
    return await refresh();
  } catch (error) {
    if (useSession.getState().status !== "expired") throw await worded(error);
    await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
    return token!.value;
  }
}

/** The token must not be used again though its time is not over: the one that the server refused, or whichever there is. */
export function discardToken(refused?: string): void {
  if (refused === undefined || token?.value === refused) token = null;
}

/** For tests: a clean state. */
export function resetSession(): void {
  token = null;
  waiting = [];
  refreshing = null;
  useSession.setState({ status: "starting", user: null, barrier: null });
}
