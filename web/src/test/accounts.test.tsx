import { readFileSync } from "node:fs";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { resetSession, useSession } from "@/api/session";
import { InvitationPage, MagicLinkPage, VerifyPage, ConfirmEmailPage } from "@/features/auth/link-pages";
import { SecondFactorForm } from "@/features/auth/second-factor-form";
import { SignInForm } from "@/features/auth/sign-in-form";
import { JoinPage } from "@/features/join/join-page";

const user = { id: "u1", email: "a@b.test", name: "A", locale: "en", role: "client", permissions: [], dashboards: ["client"] };
const session = { access_token: "t", token_type: "Bearer", expires_in: 900, user };

function server(answers: Record<string, [number, unknown]>) {
  const seen: [string, unknown][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    seen.push([url, JSON.parse(init.body as string)]);
    const [status, body] = answers[url.replace("/api/v1/auth/", "")] ?? [404, {}];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
  return seen;
}

/** A link is looked at before it is opened, and nothing else is asked for by that. */
const LOOKED = ["/api/v1/auth/link", { token: "abc", purpose: expect.any(String) as unknown }];

function opened(page: ReactElement) {
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>{page}</MemoryRouter>
    </QueryClientProvider>,
  );
}

describe("a person without a session", () => {
  beforeEach(() => {
    resetSession();
    location.hash = "";
  });

  it("gives the second factor that a password leaves owing", async () => {
    const owed = { second_factor: { challenge: "c", methods: ["totp", "backup_code"], expires_in: 600 } };
    const seen = server({ login: [200, owed], "second-factor": [200, session] });
    const { container } = render(<SignInForm email="a@b.test" />);
    fireEvent.change(container.querySelector("input[type=password]")!, { target: { value: "secret" } });
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(container.querySelector("input[autocomplete=one-time-code]")).not.toBeNull());
    expect(useSession.getState().status).not.toBe("signed_in");
    fireEvent.change(container.querySelector("input[autocomplete=one-time-code]")!, { target: { value: "123456" } });
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(useSession.getState().status).toBe("signed_in"));
    expect(seen.at(-1)).toEqual(["/api/v1/auth/second-factor", { challenge: "c", method: "totp", code: "123456" }]);
  });

  it("opens a mailed link by a press only, and its token leaves the address", async () => {
    location.hash = "#token=abc";
    const seen = server({ link: [204, null], "email-change/confirm": [204, null] });
    opened(<ConfirmEmailPage />);
    expect(location.hash).toBe("");
    const press = await screen.findByRole("button", { name: /adresse|address/i });
    expect(seen).toEqual([LOOKED]);
    fireEvent.click(press);
    await waitFor(() => expect(seen).toEqual([LOOKED, ["/api/v1/auth/email-change/confirm", { token: "abc" }]]));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });

  it("opens an account with the link and the password that was chosen", async () => {
    location.hash = "#token=abc";
    const seen = server({ link: [204, null], "register/confirm": [204, null] });
    const { container } = opened(<VerifyPage />);
    await waitFor(() => expect(container.querySelector("form")).not.toBeNull());
    fireEvent.change(container.querySelector("input[type=password]")!, { target: { value: "orage lent gris bleu" } });
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(seen).toEqual([LOOKED, ["/api/v1/auth/register/confirm", { token: "abc", password: "orage lent gris bleu" }]]));
    await waitFor(() => expect(container.querySelector("form")).toBeNull());
  });

  it("is told that a link is worth nothing any more, and gets another on the spot", async () => {
    location.hash = "#token=old";
    const spent = { code: "invalid", status: 422, errors: [{ pointer: "/token", code: "invalid_link" }] };
    const seen = server({ link: [422, spent] });
    const { container } = opened(<MagicLinkPage />);
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(container.querySelector("input[type=email]")).not.toBeNull();
    expect(seen).toHaveLength(1);
  });

  it("is not asked again about a link, whatever is being typed or was said in the meantime", async () => {
    location.hash = "#token=abc";
    const seen = server({ link: [422, { code: "invalid", status: 422 }] });
    const { container } = opened(<MagicLinkPage />);
    const field = await waitFor(() => {
      const found = container.querySelector("input[type=email]");
      expect(found).not.toBeNull();
      return found!;
    });
    fireEvent.change(field, { target: { value: "a@b.te" } });
    act(() => {
      window.dispatchEvent(new Event("visibilitychange"));
      window.dispatchEvent(new Event("focus"));
      window.dispatchEvent(new Event("online"));
    });
    await new Promise((done) => setTimeout(done, 50));
    expect(container.querySelector("input[type=email]")).toBe(field);
    expect(field).toHaveValue("a@b.te");
    expect(seen).toHaveLength(1);
  });

  it("goes on when nobody can say what the link is worth", async () => {
    location.hash = "#token=abc";
    const seen = server({ link: [503, {}], "register/confirm": [204, null] });
    const { container } = opened(<VerifyPage />);
    const field = await waitFor(() => {
      const found = container.querySelector("input[type=password]");
      expect(found).not.toBeNull();
      return found!;
    });
    act(() => {
      window.dispatchEvent(new Event("visibilitychange"));
    });
    await new Promise((done) => setTimeout(done, 50));
    expect(container.querySelector("input[type=password]")).toBe(field);
    expect(seen).toHaveLength(1);
  });

  it("is told so too when the link was used after it was looked at", async () => {
    location.hash = "#token=old";
    const spent = { code: "invalid", status: 422, errors: [{ pointer: "/token", code: "invalid_link" }] };
    server({ link: [204, null], "magic-link/redeem": [422, spent] });
    const { container } = opened(<MagicLinkPage />);
    await waitFor(() => expect(container.querySelector("main button")).not.toBeNull());
    fireEvent.click(container.querySelector("main button")!);
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(container.querySelector("input[type=email]")).not.toBeNull();
    expect(useSession.getState().status).not.toBe("signed_in");
  });

  it("chooses a password and so accepts an invitation", async () => {
    location.hash = "#token=abc";
    const seen = server({ link: [204, null], "invitation/accept": [204, null] });
    const { container } = opened(<InvitationPage />);
    await waitFor(() => expect(container.querySelector("form")).not.toBeNull());
    const password = container.querySelector("input[type=password]")!;
    fireEvent.change(password, { target: { value: "short" } });
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(password.getAttribute("aria-invalid")).toBe("true"));
    expect(seen).toEqual([LOOKED]);
    fireEvent.change(password, { target: { value: "three unrelated words" } });
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(seen).toEqual([LOOKED, ["/api/v1/auth/invitation/accept", { password: "three unrelated words", token: "abc" }]]));
    await waitFor(() => expect(container.querySelector("form")).toBeNull());
  });

  it("finds a page behind every link that is mailed", () => {
    const [, purposes = ""] = readFileSync("../domain/src/account/times.rs", "utf8").split("fn page(");
    const pages = [...purposes.matchAll(/Self::\w+ => "([a-z-]+)"/g)].map(([, page]) => page);
    expect(pages.length).toBeGreaterThan(4);
    const routes = readFileSync("src/routes.tsx", "utf8");
    expect(pages.filter((page) => !routes.includes(`lazy("/${page}"`))).toEqual([]);
  });
});

describe("an invitation to act for a customer", () => {
  const offer = { customer: "SPA Hoggar", email: "a@b.test", role: "owner", invited_by: "Karim" };

  function Where() {
    const { pathname, search } = useLocation();
    return <output>{pathname + search}</output>;
  }

  async function join() {
    const { container } = render(
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter>
          <JoinPage />
          <Where />
        </MemoryRouter>
      </QueryClientProvider>,
    );
    await waitFor(() => expect(container.querySelector("form")).not.toBeNull());
    fireEvent.change(container.querySelector("input[autocomplete=name]")!, { target: { value: "Amel" } });
    fireEvent.change(container.querySelector("input[type=password]")!, { target: { value: "three unrelated words" } });
    fireEvent.submit(container.querySelector("form")!);
  }

  beforeEach(() => {
    resetSession();
    useSession.setState({ status: "anonymous" });
    location.hash = "#token=abc";
  });

  it("that was used meanwhile is said to be", async () => {
    const used = { code: "invalid", status: 422, errors: [{ pointer: "/token", code: "invalid_link" }] };
    server({ membership: [200, offer], "membership/join": [422, used] });
    await join();
    expect((await screen.findByRole("alert")).textContent).toMatch(/link/i);
  });

  it("is accepted even when the sign-in after it fails", async () => {
    server({ membership: [200, offer], "membership/join": [200, { customer_id: "c1" }], login: [503, { code: "unavailable", status: 503 }] });
    await join();
    await screen.findByText("/login?next=%2Fclient%2Faccount%2Fc1");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("a second factor", () => {
  it("is not asked for with what was typed for another", async () => {
    resetSession();
    const seen = server({ "second-factor": [200, session] });
    const { container } = render(<SecondFactorForm owed={{ challenge: "c", methods: ["totp", "backup_code"] }} onAgain={() => undefined} />);
    fireEvent.change(container.querySelector("input")!, { target: { value: "123456" } });
    fireEvent.click(screen.getByRole("button", { name: /backup code/i }));
    await waitFor(() => expect(container.querySelector("input")!.value).toBe(""));
    fireEvent.submit(container.querySelector("form")!);
    await waitFor(() => expect(container.querySelector("input")!.getAttribute("aria-invalid")).toBe("true"));
    expect(seen).toEqual([]);
  });

  it("that comes too late says so and leads back to the first proof", async () => {
    resetSession();
    const over = { code: "invalid", status: 422, errors: [{ pointer: "/challenge", code: "challenge_over", detail: "" }] };
    server({ "second-factor": [422, over] });
    const onAgain = vi.fn();
    const { container } = render(<SecondFactorForm owed={{ challenge: "c", methods: ["totp"] }} onAgain={onAgain} />);
    fireEvent.change(container.querySelector("input")!, { target: { value: "123456" } });
    fireEvent.submit(container.querySelector("form")!);
    expect((await screen.findByRole("alert")).textContent).toContain("This took too long");
    fireEvent.click(screen.getByRole("button", { name: "Start again" }));
    expect(onAgain).toHaveBeenCalledOnce();
  });
});
