import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Changes } from "@/features/audit/components/changes";

it("values that are words of ours are said in the reader's words, what people wrote as they wrote it", () => {
  render(<Changes data={{ state: { from: "waiting_for_response", to: "answered" }, proof: ["pwd", "otp"], kind: "identity_card", tags: ["spam"], key: "never_heard_of" }} />);
  for (const said of ["password, code", "identity card", "spam", "never_heard_of"]) expect(screen.getByText(said)).toBeVisible();
  expect(screen.queryByText(/waiting_for_response|pwd|identity_card/)).toBeNull();
});

it("moments are said as the reader says them, however many digits they were written with", () => {
  render(<Changes data={{ signs_from: "2026-11-22T00:52:02.961999918Z", title: "2026-11-22 is no moment" }} />);
  expect(screen.getByText("22 Nov 2026, 01:52")).toBeVisible();
  expect(screen.getByText("2026-11-22 is no moment")).toBeVisible();
});
