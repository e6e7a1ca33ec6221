import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Offered } from "@/features/auth/passkey";
import { usePasskeyAutofill } from "@/features/auth/use-passkey-autofill";

const { offer } = vi.hoisted(() => ({ offer: vi.fn<(signal: AbortSignal) => Promise<Offered>>() }));
vi.mock("@/features/auth/passkey", () => ({ offerPasskeys: offer }));

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
  offer.mockReset();
});
afterEach(() => vi.useRealTimers());

test("a proposal that could not be made is made again soon, each time a little later", async () => {
  offer.mockResolvedValue("failed");
  const { unmount } = renderHook(() => usePasskeyAutofill({ on: true, onRefused: vi.fn() }));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(offer).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(offer).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(offer).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(offer).toHaveBeenCalledTimes(3);
  unmount();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(offer).toHaveBeenCalledTimes(3);
});

test("one that waits for somebody is renewed before the server forgets it, and the old one ends", async () => {
  offer.mockReturnValue(new Promise(() => {}));
  renderHook(() => usePasskeyAutofill({ on: true, onRefused: vi.fn() }));
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  expect(offer).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(MINUTE + 1);
  expect(offer).toHaveBeenCalledTimes(2);
  expect(offer.mock.calls[0]?.[0].aborted).toBe(true);
  expect(offer.mock.calls[1]?.[0].aborted).toBe(false);
});

test("where there can be none nothing is asked again, and whoever is in is told", async () => {
  offer.mockResolvedValueOnce("over").mockResolvedValueOnce("in");
  const onDone = vi.fn();
  renderHook(() => usePasskeyAutofill({ on: true, onDone, onRefused: vi.fn() }));
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(offer).toHaveBeenCalledTimes(1);
  expect(onDone).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(3 * MINUTE + 1);
  expect(onDone).toHaveBeenCalledOnce();
});
