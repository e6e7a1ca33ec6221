import { render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Time } from "@/components/time";

afterEach(() => vi.useRealTimers());

it("a page that shows times after one that showed none tells them by the present moment", () => {
  vi.useFakeTimers({ now: new Date("2026-05-01T10:00:00Z") });
  const { unmount } = render(<Time at="2026-05-01T10:00:00Z" />);
  unmount();
  vi.setSystemTime(new Date("2026-05-01T10:10:00Z"));
  render(<Time at="2026-05-01T10:00:00Z" />);
  expect(screen.getByRole("time")).toHaveTextContent("10 min ago");
});
