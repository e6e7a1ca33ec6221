import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { SpamRule } from "@/api/types";
import { mailboxSchema, toForm, toInput } from "@/features/mailboxes/data/form";
import { SpamSection } from "@/features/mails/components/spam-section";
import { signed, spamRuleSchema, toSpamForm } from "@/features/mails/data/spam";

const RULE: SpamRule = {
  id: "r1",
  verdict: "allow",
  field: "domain",
  value: "example.dz",
  note: "A customer",
  enabled: false,
  ticket_id: null,
  hits: 3,
  last_hit_at: null,
  created_at: "2026-01-01T00:00:00Z",
  version: 4,
};

describe("a rule about spam", () => {
  it("begins as one that blocks a sender, or as it is", () => {
    expect(toSpamForm()).toEqual({ verdict: "block", field: "address", value: "", note: "", enabled: true });
    expect(toSpamForm(RULE)).toEqual({ verdict: "allow", field: "domain", value: "example.dz", note: "A customer", enabled: false });
  });

  it("looks for something that is not too long", () => {
    const said = (value: string) => spamRuleSchema.safeParse({ ...toSpamForm(), value }).error?.issues[0]?.message;
    expect(said("  ")).toBe("field.empty");
    expect(said("x".repeat(201))).toBe("field.too_long");
    expect(said("example.dz")).toBeUndefined();
  });
});

describe("why a mail is spam", () => {
  it("is told with the points of each reason", () => {
    render(
      <SpamSection
        spam={{
          verdict: "quarantine",
          points: 12,
          threshold: 10,
          rule_id: null,
          reasons: [
            { code: "filter_score", params: { filter: "rspamd", score: "9.00", limit: "6.00" }, points: 15 },
            { code: "filter_level", params: { filter: "microsoft", level: "-1" }, points: -5 },
            { code: "rule_outweighed", params: { field: "domain", value: "example.dz" }, points: null },
          ],
        }}
      />,
    );
    for (const said of ["Kept aside", "12 of 10 points", "+15", "-5", "Rspamd: score 9.00, spam from 6.00 on", "a more exact rule goes before this one (domain: example.dz)"]) {
      expect(screen.getByText(said)).toBeVisible();
    }
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
  });

  it("is nothing where nothing speaks for it", () => {
    render(<SpamSection spam={{ verdict: "pass", points: 0, threshold: 10, rule_id: null, reasons: [] }} />);
    expect(screen.getByText("Nothing speaks for spam.")).toBeVisible();
  });

  it("has points with their sign", () => {
    expect([5, 0, -5].map((points) => signed(points, String))).toEqual(["+5", "0", "-5"]);
  });
});

describe("a mailbox", () => {
  it("says how many points are spam, in whole numbers from 1 to 100", () => {
    const form = { ...toForm(), name: "Help", address: "help@example.dz", kind: "webhook" as const };
    const valid = (spam_threshold: string) => mailboxSchema.safeParse({ ...form, spam_threshold }).success;
    expect(["1", "10", "100"].every(valid)).toBe(true);
    expect(["", "0", "101", "2.5", "many"].some(valid)).toBe(false);
    expect(toInput({ ...form, spam_filter: "rspamd", spam_threshold: "15" }, true)).toMatchObject({ spam_filter: "rspamd", spam_threshold: 15 });
  });
});
