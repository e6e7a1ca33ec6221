import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { AutomationPreview, AutomationRule, Me } from "@/api/types";
import { RuleEditor } from "@/features/automation/components/rule-editor";
import { NEW_SPEC, type Spec } from "@/features/automation/data/spec";

const SPEC: Spec = { ...NEW_SPEC, condition: { test: "group", any: ["gone-group"] }, actions: [{ do: "assign", user_id: "gone-agent" }] };
const rule = { id: "r1", name: "Hot ones", enabled: true, spec: SPEC, version: 4 } as unknown as AutomationRule;

type Answer = [number, unknown];

function show(permissions: string[], answers: Record<string, Answer> = {}) {
  const user = { id: "u1", permissions } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    const [status, body] = answers[pathname] ?? [200, { items: [] }];
    return Response.json(body, { status });
  });
  const router = createMemoryRouter([{ path: "*", element: <RuleEditor rule={rule} /> }]);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return asked;
}

const refused = (...errors: { pointer: string; code: string }[]): Answer => [422, { status: 422, code: "validation", errors: errors.map((error) => ({ ...error, detail: "" })) }];
const ONE = "/api/v1/automation-rules/r1";

describe("the form of a rule", () => {
  it("says at each part why the server refused it, and moves the focus there", async () => {
    show(["automation.view", "automation.edit", "tickets.view"], {
      [ONE]: refused({ pointer: "/spec/condition", code: "invalid_condition" }, { pointer: "/spec/actions", code: "invalid_action" }, { pointer: "/spec/limit", code: "invalid_limit" }),
    });
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    const condition = await within(screen.getByRole("group", { name: "If" })).findByRole("alert");
    expect(condition).toHaveTextContent("Conditions are too many");
    expect(within(screen.getByRole("group", { name: "Then" })).getByRole("alert")).toHaveTextContent("An action lacks");
    expect(screen.getByLabelText(/Tickets in an hour/)).toHaveAccessibleDescription("A limit is 1 to 1000 tickets.");
    expect(screen.getByLabelText(/Tickets in an hour/)).toHaveFocus();
  });

  it("says what is not chosen yet without asking the server", async () => {
    const asked = show(["automation.view", "automation.edit", "tickets.view"]);
    const then = screen.getByRole("group", { name: "Then" });
    await userEvent.selectOptions(within(then).getByRole("combobox", { name: "Action" }), "group");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await within(then).findByRole("alert")).toHaveTextContent("choose the group or the category");
    expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([]);
  });

  it("waits as long as is said, in the unit that was chosen", async () => {
    const answers: Record<string, Answer> = { [ONE]: [200, rule] };
    show(["automation.view", "automation.edit", "tickets.view"], answers);
    const then = screen.getByRole("group", { name: "Then" });
    await userEvent.selectOptions(within(then).getByRole("combobox", { name: "Action" }), "wait");
    const length = within(then).getByLabelText("Wait for");
    expect(length).toHaveValue(1);
    await userEvent.clear(length);
    await userEvent.type(length, "24");
    expect(within(then).getByLabelText("Unit")).toHaveValue("hours");
    await userEvent.selectOptions(within(then).getByLabelText("Unit"), "days");
    expect(length).toHaveValue(24);
    expect(within(then).queryByRole("group", { name: "Condition" })).toBeNull();
    await userEvent.click(within(then).getByRole("checkbox"));
    expect(within(then).getByRole("group", { name: "Condition" })).toBeVisible();
  });

  it("says at each part what a trial finds wrong with it", async () => {
    const answers: Record<string, Answer> = { "/api/v1/automation-rules/dry-run": refused({ pointer: "/spec/limit", code: "invalid_limit" }) };
    show(["automation.view", "automation.edit", "tickets.view"], answers);
    const trial = screen.getByRole("region", { name: "Try it" });
    await userEvent.click(within(trial).getByRole("button"));
    expect(await screen.findByText("A limit is 1 to 1000 tickets.")).toBeVisible();
    expect(screen.getByLabelText(/Tickets in an hour/)).toHaveFocus();
    expect(within(trial).queryByRole("alert")).toBeNull();
    answers["/api/v1/automation-rules/dry-run"] = [503, { code: "unavailable" }];
    await userEvent.click(within(trial).getByRole("button"));
    expect(await within(trial).findByText("The service is not available now")).toBeVisible();
    expect(screen.queryByText("A limit is 1 to 1000 tickets.")).toBeNull();
  });

  it("says what is wrong with the whole, and takes it back when it is sent again", async () => {
    const answers: Record<string, Answer> = { [ONE]: refused({ pointer: "/spec", code: "invalid_rule" }) };
    show(["automation.view", "automation.edit"], answers);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Something in this rule");
    expect(screen.getByRole("alert")).toHaveFocus();
    answers[ONE] = refused({ pointer: "/spec/trigger", code: "invalid_schedule" });
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("A rule looks every 5 minutes to every 24 hours.")).toBeVisible();
    expect(screen.queryByText("This is no rule.")).toBeNull();
  });

  it("shows what is chosen though it is no longer on offer", async () => {
    show(["automation.view", "automation.edit", "tickets.view"]);
    expect(await screen.findByRole("checkbox", { name: "Not on offer: gone-group" })).toBeChecked();
    expect(screen.getByLabelText("Agent")).toHaveDisplayValue("Not on offer: gone-agent");
  });

  it("says of nothing that it is not on offer where it cannot be known what is", () => {
    show(["automation.view", "automation.edit"]);
    expect(screen.getByLabelText("Agent")).toHaveDisplayValue("…");
    expect(screen.getByRole("checkbox", { name: "…" })).toBeChecked();
  });

  it("says nothing of what it would do once it is another rule than the one that was tried", async () => {
    const preview: AutomationPreview = { asked: 1, acted: 1, tickets: 1, truncated: false, would: [], would_not: [] };
    show(["automation.view", "automation.edit", "tickets.view"], { "/api/v1/automation-rules/dry-run": [200, preview] });
    await userEvent.click(screen.getByRole("button", { name: "Try it" }));
    expect(await screen.findByText(/Times asked: 1 ·/)).toBeVisible();
    await userEvent.type(screen.getByLabelText(/Tickets in an hour/), "5");
    expect(await screen.findByText("The rule has changed since it was tried.")).toBeVisible();
    expect(screen.queryByText(/Times asked/)).toBeNull();
  });

  it("is there to be read by who may not change it, and asks for no tickets that he may not see", () => {
    const asked = show(["automation.view"]);
    expect(screen.getByLabelText(/^Name/)).toHaveValue("Hot ones");
    expect(screen.getByLabelText(/^Name/)).toBeDisabled();
    expect(screen.getByLabelText("Agent")).toBeDisabled();
    expect(screen.getByRole("checkbox", { name: "In use" })).toBeDisabled();
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Try it" })).toBeNull();
    expect(asked).toEqual([]);
  });

  it("is tried by who may see tickets, without being his to change, and says when it did not look at all", async () => {
    const found = (test: string, found: string) => ({ test, holds: true, found });
    const finding = { test: "all", holds: true, of: [found("state", "in_progress"), found("group", "g1"), found("assigned", "no"), found("age", "90"), found("source", "client"), found("tag", "vip")] };
    const seen = { ticket_id: "t1", ticket_number: 7, at: "2026-11-01T00:00:00Z", finding, actions: [{ do: "add_tag", result: "would" }] };
    const preview: AutomationPreview = { asked: 5000, acted: 2, tickets: 2, truncated: true, would: [seen], would_not: [] };
    show(["automation.view", "tickets.view"], { "/api/v1/automation-rules/dry-run": [200, preview], "/api/v1/groups": [200, { items: [{ id: "g1", name: "Network" }] }] });
    await userEvent.click(screen.getByRole("button", { name: "Try it" }));
    expect(await screen.findByText(/Times asked: 5,000/)).toBeVisible();
    expect(screen.getByText(/it looked at the newest only/)).toBeVisible();
    expect(screen.queryByText(/has changed since/)).toBeNull();
    // What was found is said in words, not in codes.
    const tried = within(screen.getByRole("region", { name: "Try it" }));
    for (const word of ["In progress", "Network", "no", "1.5 hrs", "Customer, on the web", "vip"]) expect(tried.getByText(word)).toBeVisible();
  });
});
