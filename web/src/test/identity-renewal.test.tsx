import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { KycPolicy, Me } from "@/api/types";
import { Identity } from "@/features/customers/components/identity";
import { LedRenewalDue, RenewalDue } from "@/features/customers/components/renewal-due";
import type { KycCase, KycRenewal } from "@/features/customers/data/queries";
import { fromMinor, policySchema, toCount, toForm, toInput, toMinor } from "@/features/identities/data";
import { KycPolicyPage } from "@/features/identities/policy-page";

const policy: KycPolicy = {
  standard_needs_identity: false,
  unverified_credit: 0,
  unverified_members: 3,
  renewal_days: 60,
  updated_at: "2026-01-01T00:00:00Z",
  updated_by: null,
  customers: { approved: 7, not_started: 4, submitted: 1 },
  unverified: 5,
  full: 2,
  renewable: 3,
  renewing: 1,
  version: 4,
};
const paper = (id: string, name: string) => ({ id, name, kind: "passport", content_type: "image/jpeg", size: 1, sha256: "", created_at: "2026-01-01T00:00:00Z" });
const approved: KycCase = {
  state: "approved",
  documents: [paper("old", "old.jpg")],
  documents_digest: "a",
  missing: [],
  steps: ["renew"],
  expires_at: "2030-02-01T00:00:00Z",
  events: [],
  gates: { many_members: null },
  unverified_members: 3,
  renewable_from: "2026-01-01T00:00:00Z",
  renewal: null,
  past: [],
};
const renewal: KycRenewal = {
  state: "rejected",
  documents: [paper("new", "new.jpg")],
  documents_digest: "b",
  missing: [],
  steps: ["collect"],
  reason: "Unreadable",
  reviewer: null,
  submitted_at: null,
  decided_at: null,
};

let present: unknown;
let sent: { path: string; version: string | null; body: unknown }[];
beforeEach(() => {
  const user = { id: "u1", permissions: ["kyc.policy", "kyc.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  sent = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(present);
    const text = await request.text();
    sent.push({ path: new URL(request.url).pathname, version: request.headers.get("if-match"), body: text ? (JSON.parse(text) as unknown) : null });
    return request.method === "PUT" ? new Response(null, { status: 204 }) : Response.json(present);
  });
});

const show = (page: ReactElement) =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: page }])} />
    </QueryClientProvider>,
  );
const part = (name: string) => within(screen.getByRole("heading", { name }).closest("header")!.parentElement!);

it.each([
  ["1200", 120_000],
  ["0,5", 50],
  ["١٢٫٥", 1250],
  ["0", 0],
  ["1,000", null],
  ["1 000", null],
  ["-1", null],
  ["", null],
])("a credit of %j is %j in minor units", (text, minor) => expect(toMinor(text)).toBe(minor));

it("rules are sent as they were read, and refused beyond their ranges", () => {
  expect(toInput(toForm({ ...policy, unverified_credit: 120_005 }))).toEqual({ standard_needs_identity: false, unverified_credit: 120_005, unverified_members: 3, renewal_days: 60 });
  expect(fromMinor(120_005)).toBe("1200.05");
  expect(["0", "1.5", "", "٣"].map(toCount)).toEqual([null, null, null, 3]);
  const wrong = (form: object) => policySchema.safeParse({ ...toForm(policy), ...form }).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  expect(wrong({})).toEqual([]);
  expect(wrong({ unverified_members: "1001", renewal_days: "366", unverified_credit: "10000001" })).toEqual(["unverified_credit: field.out_of_range", "unverified_members: field.out_of_range", "renewal_days: field.out_of_range"]);
});

it("the page says whom the rules concern and changes them by the version that was read", async () => {
  present = policy;
  show(<KycPolicyPage />);
  const field = await screen.findByLabelText(/Members without a verified identity/);
  expect(screen.getByText(/Not verified: 5; at this limit: 2\./)).toBeInTheDocument();
  expect(within(screen.getByText("To review").parentElement!).getByText("1")).toBeInTheDocument();
  await userEvent.clear(field);
  await userEvent.type(field, "8");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([{ path: "/api/v1/kyc/policy", version: '"4"', body: { standard_needs_identity: false, unverified_credit: 0, unverified_members: 8, renewal_days: 60 } }]));
});

it("an approval that ends soon is renewed by a button, and says from when on before that", async () => {
  present = approved;
  const { unmount } = show(<Identity id="c1" staff={false} />);
  await userEvent.click(await screen.findByRole("button", { name: "Renew" }));
  expect(screen.getByText("This verification ends soon")).toBeInTheDocument();
  await waitFor(() => expect(sent.map(({ path }) => path)).toEqual(["/api/v1/customers/c1/kyc/renewal"]));
  unmount();
  present = { ...approved, steps: [], renewable_from: "2029-12-03T00:00:00Z" };
  show(<Identity id="c1" staff={false} />);
  expect(await screen.findByText(/Can be renewed from/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Renew" })).toBeNull();
});

it("a renewal stands beside the approval, each with its own papers", async () => {
  present = { ...approved, steps: [], renewable_from: null, renewal };
  show(<Identity id="c1" staff={false} />);
  await screen.findByText(/It is being renewed/);
  expect(part("Identity").getByText("Verified")).toBeInTheDocument();
  expect(part("Renewal").getByText("Rejected")).toBeInTheDocument();
  expect(part("Renewal").getByText("Unreadable")).toBeInTheDocument();
  expect(part("Papers of the renewal").getByText("new.jpg")).toBeInTheDocument();
  expect(part("Papers of the renewal").getByRole("button", { name: /Remove/ })).toBeInTheDocument();
  expect(part("Papers").getByText("old.jpg")).toBeInTheDocument();
  expect(part("Papers").queryByRole("button", { name: /Remove/ })).toBeNull();
});

it("a renewal that is due is told outside of the identity to who leads the customer, and to nobody else", async () => {
  const user = { id: "u1", permissions: ["kyc.own"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const asks: string[] = [];
  let role = "owner";
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname } = new URL(request.url);
    asks.push(pathname);
    return Response.json(pathname.endsWith("/kyc") ? present : { id: "c1", my_role: role });
  });
  present = approved;
  const told = show(<LedRenewalDue id="c1" name="SARL Atlas" />);
  expect(await screen.findByRole("link", { name: "To the renewal" })).toHaveAttribute("href", "/client/account/c1?tab=identity");
  expect(screen.getByText("SARL Atlas")).toBeInTheDocument();
  told.unmount();
  asks.length = 0;
  role = "billing";
  const billing = show(<LedRenewalDue id="c1" name="SARL Atlas" />);
  await waitFor(() => expect(asks).toEqual(["/api/v1/customers/c1"]));
  await new Promise((done) => setTimeout(done, 50));
  expect(asks).toEqual(["/api/v1/customers/c1"]);
  billing.unmount();
  present = { ...approved, steps: [] };
  show(<RenewalDue id="c1" />);
  await waitFor(() => expect(asks).toContain("/api/v1/customers/c1/kyc"));
  expect(screen.queryByText("This verification ends soon")).toBeNull();
});

it("earlier verifications stand below with the papers that are still kept", async () => {
  const one = { id: "k1", state: "superseded", documents: [paper("then", "then.jpg")], reason: null, decided_at: null, expires_at: null, closed_at: "2026-01-01T00:00:00Z", reviewer: "Amel" };
  present = { ...approved, past: [one, { ...one, id: "k0", state: "expired", documents: [], reviewer: null }] };
  show(<Identity id="c1" staff />);
  await screen.findByText("then.jpg");
  const earlier = part("Earlier verifications");
  expect(earlier.getByText("Replaced")).toBeInTheDocument();
  expect(earlier.getByText(/Its papers were deleted/)).toBeInTheDocument();
  await userEvent.click(earlier.getByRole("button", { name: /then\.jpg/ }));
  expect(earlier.getByRole("button", { name: /then\.jpg/ })).toHaveAttribute("aria-expanded", "true");
  expect(screen.getByRole("button", { name: "Download" })).toBeInTheDocument();
});

it("what is closed is told with the number that the rules say", async () => {
  present = { ...approved, state: "not_started", steps: [], expires_at: null, renewable_from: null, gates: { many_members: "kyc_needed" }, unverified_members: 8 };
  show(<Identity id="c1" staff={false} />);
  expect(await screen.findByText("Members beyond 8")).toBeInTheDocument();
});
