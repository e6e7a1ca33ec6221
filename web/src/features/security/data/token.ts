import type { ApiToken } from "@/api/types";

export type TokenState = "live" | "expired" | "revoked";

export function tokenState(token: Pick<ApiToken, "expires_at" | "revoked_at">, now: number): TokenState {
  if (token.revoked_at != null) return "revoked";
  return Date.parse(token.expires_at) <= now ? "expired" : "live";
}

/** Lives that are offered, in days; the server takes up to 366. */
export const LIVES = ["7", "30", "90", "180", "365"] as const;
