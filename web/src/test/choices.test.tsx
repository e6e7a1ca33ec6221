import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import { Several } from "@/components/form/choices";
import { SelectField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { named, type Choices } from "@/lib/choices";

const schema = z.object({ category: z.string() });
const OPTIONS = [
  { value: "", label: "Default" },
  { value: "c1", label: "Network" },
  { value: "c2", label: "Printers" },
];
const save = vi.fn(async (_values: z.infer<typeof schema>) => null);

function Category({ options }: { options: Choices }) {
  const form = useAppForm({ schema, values: { category: "c2" }, save });
  return (
    <Form form={form}>
      <SelectField form={form} name="category" label="Category" options={options} />
      <FormActions form={form} onCancel={() => undefined} />
    </Form>
  );
}

const shown = () => screen.getByLabelText<HTMLSelectElement>("Category").selectedOptions[0]?.text;

it("a select shows what its form holds though its choices come later, and another can be chosen", async () => {
  const { rerender } = render(<Category options={undefined} />);
  expect(shown()).toBe("…");
  rerender(<Category options={OPTIONS} />);
  expect(shown()).toBe("Printers");
  await userEvent.selectOptions(screen.getByLabelText("Category"), "Default");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(save).toHaveBeenCalledWith({ category: "" }, expect.anything()));
});

it("a select shows what is chosen already though it is no longer on offer", () => {
  render(<Category options={OPTIONS.slice(0, 2)} />);
  expect(shown()).toBe("Not on offer: c2");
});

it("says that a choice is not on offer only when it is known what is", () => {
  const { rerender } = render(<Several label="Agents" chosen={["a1"]} options={undefined} onChange={vi.fn()} />);
  expect(screen.getByRole("checkbox", { name: "…" })).toBeChecked();
  rerender(<Several label="Agents" chosen={["a1"]} options={[{ value: "a2", label: "Amel" }]} onChange={vi.fn()} />);
  expect(screen.getByRole("checkbox", { name: "Not on offer: a1" })).toBeChecked();
});

it("namesakes are told apart by their addresses, others are called by their names alone", () => {
  const people = [
    { id: "1", name: "Karim", email: "karim@desk.test" },
    { id: "2", name: "Sara", email: "sara@desk.test" },
    { id: "3", name: "Karim", email: "k2@desk.test" },
  ];
  expect(named(people)?.map(({ label }) => label)).toEqual(["Karim (karim@desk.test)", "Sara", "Karim (k2@desk.test)"]);
  expect(named(undefined)).toBeUndefined();
});
