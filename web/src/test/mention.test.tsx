import { act, fireEvent, render, screen } from "@testing-library/react";
import { useForm } from "react-hook-form";
import { expect, it } from "vitest";
import { MentionField } from "@/components/mentions/mention-field";

function Probe() {
  const form = useForm({ defaultValues: { body: "" } });
  return <MentionField form={form} name="body" label="Note" people={[{ id: "a", name: "Amel Admin" }]} />;
}

it("the caret stands behind a chosen name before the next letter can be typed", () => {
  render(<Probe />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  act(() => box.focus());
  fireEvent.change(box, { target: { value: "Call @am, please" } });
  box.setSelectionRange("Call @am".length, "Call @am".length);
  fireEvent.select(box);
  // No waiting from here on: a quick writer does not wait for a frame.
  fireEvent.keyDown(box, { key: "Enter" });
  expect(box.value).toBe("Call @Amel Admin , please");
  expect(box.selectionStart).toBe("Call @Amel Admin ".length);
  expect(box.selectionEnd).toBe(box.selectionStart);
});
