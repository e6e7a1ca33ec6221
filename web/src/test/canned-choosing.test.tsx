import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { CannedReplyOffer, Me } from "@/api/types";
import { Preview } from "@/features/canned/components/preview";
import { CannedPicker } from "@/features/tickets/components/canned-picker";
import { isTemplate, saidIn } from "@/features/tickets/data/canned";
import { useCannedSuggestions } from "@/features/tickets/components/canned-suggestions";

const offer = (title: string, text: string): CannedReplyOffer => ({ id: title, title, shortcut: title.toLowerCase(), category: "", locales: ["fr"], filled: { locale: "fr", text, flaws: [] } });
const OFFERS = [offer("Réseau", "Vérifiez Par Notre outil"), offer("Accès", "Le VPN est prêt")];

const TEMPLATES = [{ id: "tpl1", name: "Clôture", locales: ["fr"], locale: "fr", text: "Ticket 7 clos", markdown: "Ticket 7 *clos*" }];

let asked: URL[];
let templates: unknown[];
let answer: (url: URL) => Response | Promise<Response>;
beforeEach(() => {
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  const user = { id: "u1", permissions: ["tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  asked = [];
  templates = [];
  answer = () => Response.json(OFFERS);
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const url = new URL(request.url);
    if (url.pathname.endsWith("/templates")) return Response.json(templates);
    asked.push(url);
    return answer(url);
  });
});

function show(part: React.ReactNode) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: part }])} />
    </QueryClientProvider>,
  );
}

const options = () => screen.getAllByRole("option").filter((each) => each.hasAttribute("cmdk-item"));

it("the picker finds what holds the words, whatever its accents, and no text in which its letters merely occur", async () => {
  show(<CannedPicker ticket="t1" open onClosed={vi.fn()} />);
  await screen.findByText("Réseau");
  const box = screen.getByPlaceholderText(/Search by title/);
  await userEvent.type(box, "vpn");
  await waitFor(() => expect(options().map((each) => each.textContent)).toEqual([expect.stringContaining("Accès")]));
  await userEvent.clear(box);
  await userEvent.type(box, "reseau");
  await waitFor(() => expect(options().map((each) => each.textContent)).toEqual([expect.stringContaining("Réseau")]));
});

it("templates stand beside canned replies, without a shortcut, and are put into the message as they are filled in", async () => {
  templates = TEMPLATES;
  const onClosed = vi.fn();
  show(<CannedPicker ticket="t1" open onClosed={onClosed} />);
  const template = await screen.findByText("Clôture");
  expect(options()).toHaveLength(3);
  expect(template.closest("[cmdk-item]")?.textContent).not.toContain("/");
  await userEvent.click(template);
  await waitFor(() => expect(onClosed).toHaveBeenCalled());
  const chosen = onClosed.mock.calls[0]![0] as CannedReplyOffer;
  expect([isTemplate(chosen), saidIn(chosen)]).toEqual([true, "Ticket 7 *clos*"]);
});

it("texts of another language cannot be chosen before they are there, and its failure leaves the choice of language", async () => {
  const onClosed = vi.fn();
  show(<CannedPicker ticket="t1" open onClosed={onClosed} />);
  await screen.findByText("Réseau");
  let fail: (response: Response) => void = () => undefined;
  answer = () => new Promise((done) => (fail = done));
  await userEvent.selectOptions(screen.getByLabelText("Language"), "ar");
  await waitFor(() => expect(asked.at(-1)?.searchParams.get("locale")).toBe("ar"));
  expect(options().map((each) => each.getAttribute("aria-disabled"))).toEqual(["true", "true"]);
  await userEvent.type(screen.getByPlaceholderText(/Search by title/), "{Enter}");
  expect(onClosed).not.toHaveBeenCalled();
  await act(async () => fail(Response.json({ code: "internal" }, { status: 500 })));
  expect(await screen.findByRole("alert")).toBeVisible();
  await userEvent.selectOptions(screen.getByLabelText("Language"), "");
  expect(await screen.findByText("Réseau")).toBeVisible();
});

it("a slash whose replies could not be loaded says so and can be tried again", async () => {
  answer = () => Response.json({ code: "internal" }, { status: 500 });
  function Box() {
    const box = useRef<HTMLTextAreaElement>(null);
    const suggestions = useCannedSuggestions("t1", true, box, vi.fn());
    return (
      <>
        <textarea ref={box} onChange={(event) => suggestions.look(event.target)} />
        {suggestions.list}
      </>
    );
  }
  show(<Box />);
  await userEvent.type(screen.getByRole("textbox"), "/");
  expect(await screen.findByText(/could not be loaded/)).toBeVisible();
  answer = () => Response.json(OFFERS);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("option", { name: /Réseau/ })).toBeVisible();
});

it("a preview on a ticket shows no examples before a ticket is picked", async () => {
  answer = (url) => Response.json(url.pathname.endsWith("/preview") ? [{ locale: "fr", text: "Votre demande 100001", flaws: [] }] : { items: [] });
  show(<Preview texts={{ fr: "Votre demande {{n}}", en: null, ar: null }} />);
  expect(await screen.findByText("Votre demande 100001")).toBeVisible();
  await userEvent.click(screen.getByRole("radio", { name: /real ticket/i }));
  expect(screen.queryByText("Votre demande 100001")).toBeNull();
});
