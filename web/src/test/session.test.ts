import { waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api, call } from "@/api/client";
import { ApiError } from "@/api/problem";
import { refresh, resetSession, resume, signIn, useSession } from "@/api/session";

const user = { id: "u1", email: "a@b.test", name: "A", locale: "en", role: "corporate", permissions: [], dashboards: ["corporate"] };
const session = (token: string) => ({ access_token: token, token_type: "Bearer", expires_in: 900, user });

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** A server with one valid token at a time. */
function server() {
  const state = { refreshes: 0, valid: "", cookie: true, over: false, seen: [] as { url: string; headers: Headers; body: string }[] };
  const fetch = vi.fn(async (input: Request | string, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, "http://localhost"), init);
    const { pathname } = new URL(request.url);
    state.seen.push({ url: pathname, headers: request.headers, body: await request.clone().text() });
    if (pathname.endsWith("/auth/refresh") || pathname.endsWith("/auth/login")) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!state.cookie) return new Response(null, { status: 204 });
      if (state.over) return json({ code: "unauthenticated", status: 401 }, 401);
      state.refreshes += 1;
      state.valid = `token-${state.refreshes}`;
      return json(session(state.valid));
    }
    if (request.headers.get("authorization") !== `Bearer ${state.valid}`) return json({ code: "unauthenticated" }, 401);
    return json({ by_state: {}, mine: 1, unassigned: 2 });
  });
  vi.stubGlobal("fetch", fetch);
  return state;
}

const counts = () => call(api.GET("/api/v1/tickets/counts"));

describe("the session", () => {
  beforeEach(() => resetSession());

  it("asks for one token however many requests wait for it", async () => {
    const state = server();
    await Promise.all([counts(), counts(), counts()]);
    expect(state.refreshes).toBe(1);
    expect(useSession.getState()).toMatchObject({ status: "signed_in", user: { email: "a@b.test" } });
  });

  it("replays a request once when its token is refused", async () => {
    const state = server();
    await counts();
    state.valid = "revoked";
    await counts();
    expect(state.refreshes).toBe(2);
  });

  it("starts anonymous without a cookie", async () => {
    const state = server();
    state.cookie = false;
    await resume();
    expect(useSession.getState().status).toBe("anonymous");
    await expect(refresh()).rejects.toBeInstanceOf(ApiError);
  });

  it("starts anonymous with the cookie of a session that is over", async () => {
    const state = server();
    state.over = true;
    await resume();
    expect(useSession.getState().status).toBe("anonymous");
    await expect(refresh()).rejects.toMatchObject({ problem: { status: 401 } });
  });

  it("keeps a request waiting while somebody signs in again, then sends it with the same key", async () => {
    const state = server();
    await counts();
    state.valid = "expired";
    state.cookie = false;
    const pending = call(api.POST("/api/v1/tickets", { body: { subject: "s", body: "b" } }));
    await waitFor(() => expect(useSession.getState().status).toBe("expired"));
    state.cookie = true;
    await signIn("a@b.test", "secret");
    await pending;
    const posts = state.seen.filter((each) => each.url === "/api/v1/tickets");
    expect(posts).toHaveLength(2);
    expect(posts[0]!.headers.get("idempotency-key")).toMatch(/.{16,}/);
    expect(posts[1]!.headers.get("idempotency-key")).toBe(posts[0]!.headers.get("idempotency-key"));
    expect(posts[1]!.body).toBe(posts[0]!.body);
  });

  it("says that the server cannot be reached", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("Failed to fetch")));
    await expect(counts()).rejects.toMatchObject({ code: "offline" });
  });
});
