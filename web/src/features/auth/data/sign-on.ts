import { useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { ApiError, problemOf } from "@/api/problem";
import { knock, type WaitingLink } from "@/api/session";
import type { SignOnProvider } from "@/api/types";
import { worded } from "@/api/worded";
import { keepTarget } from "./target";

/** Asks for what everybody may read; `null` when there is nothing. */
async function read<T>(path: string, signal: AbortSignal): Promise<T | null> {
  try {
    const response = await fetch(`/api/v1${path}`, { credentials: "same-origin", signal });
    if (!response.ok) throw new ApiError(await problemOf(response));
    return response.status === 204 ? null : ((await response.json()) as T);
  } catch (error) {
    throw await worded(error);
  }
}

/** Providers that one can sign in with. */
export function useProviders() {
  return useQuery({
    queryKey: ["sign-on", "providers"],
    queryFn: async ({ signal }) => (await read<{ items: SignOnProvider[] }>("/auth/oidc/providers", signal))?.items ?? [],
  });
}

/** The account of a provider that waits, in this browser, to be linked. */
export function useWaitingLink() {
  return useQuery({
    queryKey: ["sign-on", "waiting"],
    queryFn: ({ signal }) => read<WaitingLink>("/auth/oidc/waiting", signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Leaves for the provider; `fresh` has it ask who one is even when it knows. */
export async function leaveFor(slug: string, next: string, fresh = false): Promise<void> {
  const answer = await knock(`/auth/oidc/${slug}/start`, { locale: i18next.language, fresh });
  keepTarget(next);
  location.assign(((await answer.json()) as { url: string }).url);
}
