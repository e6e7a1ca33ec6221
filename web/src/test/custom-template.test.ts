import { expect, it } from "vitest";
import { customSchema, toForm, toInput, type CustomTemplate } from "@/features/templates/custom-data";

const template: CustomTemplate = {
  id: "t1",
  name: "Urgent",
  category: "staff",
  channel: "mail",
  texts: { fr: { subject: "Ticket {{ ticket.number }}", body: "Voir" }, en: null, ar: null },
  updated_at: "2026-03-01T00:00:00Z",
  by: null,
  version: 3,
};

it("a template goes through its form and back, and a language that says nothing is none", () => {
  const form = toForm(template);
  expect(form.en).toEqual({ subject: "", body: "" });
  expect(toInput(form)).toEqual({ name: "Urgent", category: "staff", channel: "mail", note: "", texts: template.texts });
  // Why it is changed is said of each version anew.
  expect(toInput({ ...form, note: "As agreed" }).note).toBe("As agreed");
});

it("an answer takes no subject along that was typed for something else", () => {
  const form = { ...toForm(template), category: "customers" as const };
  expect(toInput(form).texts.fr).toEqual({ subject: "", body: "Voir" });
});

it("something is said in one language at least", () => {
  const { error } = customSchema.safeParse({ ...toForm(), name: "x" });
  expect(error?.issues).toMatchObject([{ path: ["fr", "body"], message: "customTemplate.sayOne" }]);
});
