import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { SlaPolicy } from "@/api/types";
import { PolicyState } from "@/features/sla/service-levels";

const policy = (taken_by: string[]) => ({ enabled: true, fallback: false, taken_by: taken_by.map((name) => ({ id: name, name })) }) as unknown as SlaPolicy;

it("a policy whose tickets others take first says which", () => {
  const { rerender } = render(<PolicyState policy={policy(["Gold", "Silver"])} />);
  expect(screen.getByText("Never reached")).toBeInTheDocument();
  expect(screen.getByText("All its tickets are taken before it by: Gold and Silver")).toBeInTheDocument();
  rerender(<PolicyState policy={policy([])} />);
  expect(screen.queryByText("Never reached")).toBeNull();
  expect(screen.getByText("On")).toBeInTheDocument();
});
