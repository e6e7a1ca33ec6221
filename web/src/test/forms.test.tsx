import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { SignInForm } from "@/features/auth/sign-in-form";
import { mailboxSchema, toForm, toInput } from "@/features/mailboxes/data/form";
import { splitQuote } from "@/features/tickets/data/quote";
import { TICKET_FILTER } from "@/features/tickets/data/filters";
import { readFilter, writeFilter } from "@/lib/url-filter";

describe("signing in", () => {
  it("ties each error to its field", async () => {
    render(<SignInForm />);
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    const email = screen.getByLabelText(/E-mail/);
    expect(email).toHaveAttribute("aria-invalid", "true");
    expect(email).toHaveAccessibleDescription("Fill this in.");
  });

  it("says what the server refused and moves the focus there", async () => {
    const body = JSON.stringify({ code: "wrong_credentials", status: 401 });
    vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(body, { status: 401 })));
    render(<SignInForm />);
    await userEvent.type(screen.getByLabelText(/E-mail/), "a@b.test");
    await userEvent.type(screen.getByLabelText(/Password/), "wrong");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Address or password is wrong");
    expect(alert.parentElement).toHaveFocus();
  });
});

describe("the mailbox form", () => {
  const filled = { ...toForm(), name: "Support", address: "s@x.test", imap_host: "imap.x.test", imap_username: "s" };

  it("needs a password only when none is stored", () => {
    const first = mailboxSchema.safeParse(filled);
    expect(first.error?.issues.map((issue) => issue.path[0])).toEqual(["imap_password"]);
    expect(mailboxSchema.safeParse({ ...filled, keeps_password: true }).success).toBe(true);
  });

  it("never sends an empty password", () => {
    expect(toInput({ ...filled, keeps_password: true }, false).imap?.password).toBeUndefined();
  });
});

describe("small rules", () => {
  it("cut a quote by bytes, not letters", () => {
    const fresh = "مرحبًا é 🙂\n";
    const at = new TextEncoder().encode(fresh).length;
    expect(splitQuote(`${fresh}> old`, at)).toEqual({ fresh: fresh.trimEnd(), quoted: "> old" });
    expect(splitQuote("> all quote", 0).fresh).toBe("> all quote");
  });

  it("keep the list's filter in the address", () => {
    const search = new URLSearchParams("state=open,nonsense&assignee=me&q=caf%C3%A9&sort=-created_at");
    const filter = readFilter(TICKET_FILTER, search);
    expect(filter).toMatchObject({ state: ["open"], assignee: "me", q: "café", sort: "-created_at" });
    expect(readFilter(TICKET_FILTER, new URLSearchParams(writeFilter(TICKET_FILTER, filter)))).toEqual(filter);
    expect(writeFilter(TICKET_FILTER, readFilter(TICKET_FILTER, new URLSearchParams()))).toBe("");
  });
});
