import { waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api, call } from "@/api/client";
import { answerProof, useProof } from "@/api/proof";
import { accessToken, discardToken, resetSession, signOut, useSession } from "@/api/session";

const user = { id: "u1", email: "a@b.test", name: "A", locale: "en", role: "client", permissions: [], dashboards: ["client"] };

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** A server that refuses with `code` until the person has proven anew who he is. */
function server(code: string) {
  const state = { proven: false, keys: [] as (string | null)[] };
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const path = new URL(input instanceof Request ? input.url : input, "http://localhost").pathname;
    if (path.endsWith("/auth/refresh")) return json({ access_token: "t", token_type: "Bearer", expires_in: 900, user });
    if (path.endsWith("/auth/logout")) return new Response(null, { status: 204 });
    state.keys.push((input as Request).headers.get("idempotency-key"));
    return state.proven ? json({ codes: ["A"] }) : json({ code, status: 403 }, 403);
  });
  return state;
}

const renew = () => call(api.POST("/api/v1/me/factors/backup-codes"));
const asked = () => waitFor(() => expect(useProof.getState().asked).toBe(true));

describe("what needs a fresh proof", () => {
  beforeEach(() => {
    resetSession();
    answerProof(false);
  });

  it("waits for it and is sent again under another key, all who wait at once", async () => {
    const state = server("step_up_required");
    const pending = Promise.all([renew(), renew()]);
    await asked();
    await waitFor(() => expect(state.keys).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 10));
    state.proven = true;
    answerProof(true);
    expect(await pending).toEqual([{ codes: ["A"] }, { codes: ["A"] }]);
    expect(useProof.getState().asked).toBe(false);
    expect(new Set(state.keys).size).toBe(4);
  });

  it("fails with the server's refusal when it is not given", async () => {
    const state = server("step_up_required");
    const pending = renew();
    const refused = expect(pending).rejects.toMatchObject({ code: "step_up_required", status: 403 });
    await asked();
    answerProof(false);
    await refused;
    expect(state.keys).toHaveLength(1);
  });

  it("asks nobody for another refusal", async () => {
    server("forbidden");
    await expect(renew()).rejects.toMatchObject({ code: "forbidden" });
    expect(useProof.getState().asked).toBe(false);
    expect(useSession.getState().barrier).toBeNull();
  });

  it.each([
    ["second_factor_setup_required", "second_factor"],
    ["network_not_allowed", "network"],
  ])("is told from %s, which holds for everything until one signs out", async (code, barrier) => {
    server(code);
    await expect(renew()).rejects.toMatchObject({ code });
    expect(useSession.getState().barrier).toBe(barrier);
    await signOut();
    expect(useSession.getState().barrier).toBeNull();
  });

  it("is known to the token that goes out afterwards, also where another one came meanwhile", async () => {
    let issued = 0;
    let proven = 0;
    vi.stubGlobal("fetch", async (input: Request | string) => {
      const path = new URL(input instanceof Request ? input.url : input, "http://localhost").pathname;
      if (path.endsWith("/auth/refresh")) {
        issued += 1;
        return json({ access_token: `t${issued}`, token_type: "Bearer", expires_in: 900, user });
      }
      const number = Number((input as Request).headers.get("authorization")?.slice("Bearer t".length));
      if (path.endsWith("/auth/step-up")) {
        // While it is under way this tab learns of a token that another one got: it knows nothing of the proof either.
        discardToken(`t${number}`);
        await accessToken();
        proven = issued;
        return new Response(null, { status: 204 });
      }
      return number > proven && proven > 0 ? json({ codes: ["A"] }) : json({ code: "step_up_required", status: 403 }, 403);
    });
    const pending = renew();
    await asked();
    await call(api.POST("/api/v1/auth/step-up", { body: { method: "password", password: "x" } as never }));
    answerProof(true);
    expect(await pending).toEqual({ codes: ["A"] });
  });
});
