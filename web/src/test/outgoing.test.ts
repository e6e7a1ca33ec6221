import { describe, expect, it } from "vitest";
import { hasTrouble, outgoingState } from "@/features/mails/data/outgoing";

describe("what became of a mail that goes out", () => {
  it("tells one that was put off from one that nobody tried yet", () => {
    expect(outgoingState({ state: "queued", attempts: 0 })).toBe("queued");
    expect(outgoingState({ state: "queued", attempts: 2 })).toBe("deferred");
    expect(outgoingState({ state: "sent", attempts: 2 })).toBe("sent");
  });

  it("says what the server said where it helps", () => {
    expect((["sent", "delivered"] as const).map(hasTrouble)).toEqual([false, false]);
    expect((["deferred", "failed", "bounced", "complained", "suppressed"] as const).every(hasTrouble)).toBe(true);
  });
});
