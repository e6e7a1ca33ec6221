import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { noteText } from "@/lib/note";

describe("what the server tells by codes", () => {
  it("is told with its parameters", () => {
    expect(noteText(i18next.t, { code: "appended_to", params: { ticket: "100034" } })).toBe("added to ticket 100034");
    expect(noteText(i18next.t, { code: "new_ticket" })).toBe("new ticket");
  });

  it("has words for parameters that are codes", () => {
    const refused = { mail: "auto_ack", why: "mailing_list", header: "List-Id", value: "<a.b>" };
    expect(noteText(i18next.t, { code: "no_automatic_mail", params: refused })).toBe("no acknowledgement: mailing list");
    expect(noteText(i18next.t, { code: "state_changed", params: { from: "answered", to: "open" } })).toContain(i18next.t("ticketState.open"));
  });

  it("lets nobody put other texts of ours into it", () => {
    const by = "$t(common.close) {{code}}";
    expect(noteText(i18next.t, { code: "released", params: { by } })).toBe(`released by ${by}`);
  });
});
