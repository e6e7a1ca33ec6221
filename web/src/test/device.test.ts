import { describe, expect, it } from "vitest";
import { whose } from "@/features/security/data/admin";
import { deviceOf } from "@/features/security/data/device";
import { tokenState } from "@/features/security/data/token";

describe("a device", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "Chrome · Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge · Windows"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Safari · iOS"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome · iOS"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari · macOS"],
    ["Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet · Android"],
    ["curl/8.14.1", "curl"],
    ["Mozilla/5.0 (something new)", null],
    ["", null],
    [null, null],
  ])("is named by %s", (userAgent, name) => expect(deviceOf(userAgent)).toBe(name));
});

describe("a token", () => {
  const end = "2026-03-01T00:00:00Z";
  const at = Date.parse(end);
  it("is live until it ends or is revoked", () => {
    expect(tokenState({ expires_at: end, revoked_at: null }, at - 1)).toBe("live");
    expect(tokenState({ expires_at: end, revoked_at: null }, at)).toBe("expired");
    expect(tokenState({ expires_at: end, revoked_at: "2026-01-01T00:00:00Z" }, at - 1)).toBe("revoked");
  });
});

describe("what is searched for in the login journal", () => {
  it.each([
    ["", {}],
    ["a@b.test", { email: "a@b.test" }],
    ["cafe", { email: "cafe" }],
    [" 10.1.2.3 ", { ip: "10.1.2.3" }],
    ["2001:db8::1", { ip: "2001:db8::1" }],
    ["::ffff:10.1.2.3", { ip: "::ffff:10.1.2.3" }],
  ])("%j is an address of one kind", (q, filter) => expect(whose(q)).toEqual(filter));
});
