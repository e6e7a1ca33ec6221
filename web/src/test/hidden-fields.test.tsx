import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { GroupDialog } from "@/features/groups/group-dialog";
import { SettingsPage } from "@/features/notifications/settings-page";

const settings = { version: 1, zone: "UTC", quiet: null, digest_weekday: null, digest_hour: 8, next_digest_at: null, sms: false, rules: [] };
let sent: Record<string, unknown>[];
beforeEach(() => {
  const user = { id: "u1", permissions: [] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  sent = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method !== "GET") sent.push((await request.json()) as Record<string, unknown>);
    return Response.json(settings);
  });
});

const show = (page: ReactElement) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: page }])} />
    </QueryClientProvider>,
  );
const save = () => userEvent.click(screen.getByRole("button", { name: "Save" }));

it("an emptied time is no hindrance once the quiet hours are off again", async () => {
  show(<SettingsPage />);
  const quiet = await screen.findByLabelText("Send me nothing at certain hours", { selector: "button" });
  await userEvent.click(quiet);
  await userEvent.clear(screen.getByLabelText("From"));
  await save();
  expect(screen.getByLabelText("From")).toHaveAttribute("aria-invalid", "true");
  expect(sent).toEqual([]);
  await userEvent.click(quiet);
  await save();
  await waitFor(() => expect(sent).toMatchObject([{ quiet: null }]));
  // The list of the world's time zones is drawn again and again.
}, 20_000);

it("an emptied delay is no hindrance once the survey is off again", async () => {
  show(<GroupDialog onClose={() => undefined} />);
  await userEvent.type(screen.getByLabelText(/Name/), "Network");
  const survey = screen.getByLabelText("Satisfaction survey", { selector: "button" });
  await userEvent.click(survey);
  const delay = screen.getByLabelText(/Hours after/);
  await userEvent.clear(delay);
  await save();
  expect(delay).toHaveAttribute("aria-invalid", "true");
  expect(sent).toEqual([]);
  await userEvent.click(survey);
  await save();
  await waitFor(() => expect(sent).toMatchObject([{ name: "Network", survey: false, survey_delay_hours: 24 }]));
});

it("emptied days are no hindrance once customers are no longer reminded", async () => {
  show(<GroupDialog onClose={() => undefined} />);
  await userEvent.type(screen.getByLabelText(/Name/), "Network");
  const days = screen.getByLabelText(/Reminders after/);
  await userEvent.clear(days);
  await userEvent.type(days, "7, 3");
  await save();
  expect(days).toHaveAttribute("aria-invalid", "true");
  expect(sent).toEqual([]);
  await userEvent.click(screen.getByLabelText("Remind customers who do not answer", { selector: "button" }));
  await save();
  await waitFor(() => expect(sent).toMatchObject([{ name: "Network", conduct: { remind: false, remind_days: [3, 7], resolve_after_days: 14, calendar_id: null } }]));
});
