import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ApiError } from "@/api/problem";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { readDraft } from "@/lib/drafts";
import { useUnsaved } from "@/lib/use-leave-guard";

const schema = z.object({ name: z.string().min(1, "field.empty"), imap_host: z.string() });
type Values = z.infer<typeof schema>;
type Save = (values: Values, sending: { key: string; version: number }) => Promise<unknown>;

interface ServerFormProps {
  save: Save;
  draft?: string;
  present?: { values: Values; version: number; reload: () => Promise<{ version: number } | undefined> };
}

const EMPTY = { name: "", imap_host: "" };

function ServerForm({ save, draft, present }: ServerFormProps) {
  const form = useAppForm({ schema, values: present?.values ?? EMPTY, present, draft, save });
  return (
    <Form form={form}>
      <TextField form={form} name="name" label="Name" required />
      <TextField form={form} name="imap_host" label="Host" />
      <FormActions form={form} onCancel={() => undefined} />
    </Form>
  );
}

const refuse = (status: number, code: string, errors?: { pointer: string; code: string; detail: string }[]) => new ApiError({ status, code, errors, request_id: "req-7" });
const press = () => userEvent.click(screen.getByRole("button", { name: "Save" }));

describe("a form", () => {
  it("is not sent while a field is wrong", async () => {
    const save = vi.fn<Save>();
    render(<ServerForm save={save} />);
    await press();
    expect(screen.getByLabelText(/Name/)).toHaveAccessibleDescription("Fill this in.");
    expect(screen.getByLabelText(/Name/)).toHaveFocus();
    expect(save).not.toHaveBeenCalled();
  });

  it("is sent once however often it is pressed at once", async () => {
    const save = vi.fn<Save>(() => new Promise(() => undefined));
    render(<ServerForm save={save} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    const button = screen.getByRole("button", { name: "Save" });
    fireEvent.click(button);
    fireEvent.click(button);
    await waitFor(() => expect(save).toHaveBeenCalled());
    await new Promise((done) => setTimeout(done));
    expect(save).toHaveBeenCalledTimes(1);
  });

  it("puts the focus on the first field that the server refuses, and says whose number an error carries", async () => {
    const verdicts = [
      { pointer: "/imap/host", code: "too_long", detail: "" },
      { pointer: "/name", code: "too_long", detail: "" },
    ];
    const save = vi.fn<Save>().mockRejectedValueOnce(refuse(422, "validation", verdicts)).mockRejectedValue(refuse(500, "internal"));
    render(<ServerForm save={save} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    await press();
    await waitFor(() => expect(screen.getByLabelText(/Name/)).toHaveFocus());
    await press();
    expect(await screen.findByText(/^Request/)).toHaveTextContent("Request req-7");
  });

  it("says of every empty field that it is empty, whatever else would be wrong with nothing", async () => {
    const strict = z.object({ email: z.email("field.not_an_address"), name: z.string().min(15, "field.too_short"), inner: z.object({ reason: z.string().min(3, "field.too_short") }) });
    function Strict() {
      const form = useAppForm({ schema: strict, values: { email: "", name: " ", inner: { reason: "x" } }, save: vi.fn() });
      return (
        <Form form={form}>
          <TextField form={form} name="email" label="Mail" />
          <TextField form={form} name="name" label="Name" />
          <TextField form={form} name="inner.reason" label="Reason" />
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Strict />);
    await press();
    for (const label of ["Mail", "Name"]) expect(screen.getByLabelText(label)).toHaveAccessibleDescription("Fill this in.");
    expect(screen.getByLabelText("Reason")).not.toHaveAccessibleDescription("Fill this in.");
    await userEvent.clear(screen.getByLabelText("Reason"));
    expect(screen.getByLabelText("Reason")).toHaveAccessibleDescription("Fill this in.");
  });

  it("leaves what is said of several fields as it is said, though it stands at an empty one", async () => {
    const either = z.object({ fr: z.string(), en: z.string() }).refine(({ fr, en }) => fr !== "" || en !== "", { path: ["fr"], message: "canned.sayOne" });
    function Either() {
      const form = useAppForm({ schema: either, values: { fr: "", en: "" }, save: vi.fn() });
      return (
        <Form form={form}>
          <TextField form={form} name="fr" label="French" />
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Either />);
    await press();
    expect(screen.getByLabelText("French")).toHaveAccessibleDescription("Write a text in one language at least.");
  });

  it("says above its fields what is wrong with one that is not on screen", async () => {
    const strict = z.object({ name: z.string(), more: z.boolean(), host: z.string().min(3, "field.too_short") });
    const save = vi.fn<() => Promise<unknown>>();
    function Hiding() {
      const form = useAppForm({ schema: strict, values: { name: "", more: true, host: "abc" }, save });
      return (
        <Form form={form}>
          <CheckField form={form} name="more" label="More" />
          {form.watch("more") && <TextField form={form} name="host" label="Host" />}
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Hiding />);
    await userEvent.type(screen.getByLabelText("Host"), "{Backspace}");
    await press();
    expect(screen.getByLabelText("Host")).toHaveAccessibleDescription("This is too short.");
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.click(screen.getByRole("checkbox", { name: "More" }));
    await press();
    expect(await screen.findByRole("alert")).toHaveTextContent("Something that is not shown here is not right.This is too short.");
    await userEvent.click(screen.getByRole("checkbox", { name: "More" }));
    await userEvent.type(screen.getByLabelText("Host"), "c");
    await press();
    await waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says above its fields what the server finds wrong with one that is not on screen, though it was never there", async () => {
    const verdicts = [
      { pointer: "/name", code: "too_long", detail: "" },
      { pointer: "/project_id", code: "empty", detail: "" },
    ];
    const save = vi.fn<() => Promise<unknown>>().mockRejectedValue(refuse(422, "validation", verdicts));
    function Partial() {
      const form = useAppForm({ schema: z.object({ name: z.string(), project_id: z.string() }), values: { name: "x", project_id: "gone" }, save });
      return (
        <Form form={form}>
          <TextField form={form} name="name" label="Name" />
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Partial />);
    await press();
    expect(await screen.findByRole("alert")).toHaveTextContent("Something that is not shown here is not right.Fill this in.");
    expect(screen.getByRole("alert")).toHaveTextContent("req-7");
    expect(screen.getByLabelText("Name")).toHaveAccessibleDescription("This is too long.");
  });

  it("leaves to the page what it says itself", async () => {
    const save = vi.fn<() => Promise<unknown>>().mockRejectedValue(refuse(422, "validation", [{ pointer: "/scopes/1", code: "empty", detail: "" }]));
    function Choosing() {
      const form = useAppForm({ schema: z.object({ scopes: z.array(z.string()) }), values: { scopes: ["a", "b"] }, says: ["scopes"], save });
      return (
        <Form form={form}>
          {form.formState.errors.scopes && <p>Not these</p>}
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Choosing />);
    await press();
    await screen.findByText("Not these");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is other work with other files", async () => {
    const save = vi.fn<Save>().mockRejectedValue(new TypeError("lost"));
    function WithFiles({ files }: { files: string[] }) {
      const form = useAppForm({ schema, values: { name: "x", imap_host: "" }, besides: files, save });
      return (
        <Form form={form}>
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    const { rerender } = render(<WithFiles files={["a"]} />);
    for (const [times, files] of [["a"], ["a"], ["a", "b"]].entries()) {
      rerender(<WithFiles files={files} />);
      await press();
      await waitFor(() => expect(save).toHaveBeenCalledTimes(times + 1));
    }
    const [first, again, more] = save.mock.calls.map(([, { key }]) => key);
    expect(again).toBe(first);
    expect(more).not.toBe(first);
  });

  it("shows the server's verdicts at their fields, nested ones too", async () => {
    const verdicts = [
      { pointer: "/name", code: "too_long", detail: "" },
      { pointer: "#/imap/host", code: "never_heard_of", detail: "" },
    ];
    render(<ServerForm save={vi.fn<Save>().mockRejectedValue(refuse(422, "validation", verdicts))} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    await press();
    await waitFor(() => expect(screen.getByLabelText(/Name/)).toHaveAttribute("aria-invalid", "true"));
    expect(screen.getByLabelText("Host")).toHaveAttribute("aria-invalid", "true");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says above the fields what no field can say, with the request id", async () => {
    const verdicts = [{ pointer: "/elsewhere", code: "empty", detail: "" }];
    render(<ServerForm save={vi.fn<Save>().mockRejectedValue(refuse(422, "validation", verdicts))} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    await press();
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("req-7");
    expect(alert.parentElement).toHaveFocus();
  });

  it("sends again under the same key after a lost answer, under a new one after a refusal", async () => {
    const save = vi.fn<Save>().mockRejectedValueOnce(new TypeError("lost")).mockRejectedValueOnce(refuse(422, "validation")).mockResolvedValue(null);
    render(<ServerForm save={save} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    for (const times of [1, 2, 3]) {
      await press();
      await waitFor(() => expect(save).toHaveBeenCalledTimes(times));
    }
    const [lost, refused, last] = save.mock.calls.map(([, { key }]) => key);
    expect(refused).toBe(lost);
    expect(last).not.toBe(refused);
  });

  it("sends what was changed after a lost answer under a new key, and what is being done already under the same", async () => {
    const save = vi.fn<Save>().mockRejectedValueOnce(new TypeError("lost")).mockRejectedValueOnce(refuse(409, "idempotency_key_in_flight")).mockRejectedValueOnce(refuse(409, "idempotency_answer_lost")).mockResolvedValue(null);
    render(<ServerForm save={save} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    for (const times of [1, 2, 3, 4]) {
      if (times === 2) await userEvent.type(screen.getByLabelText(/Name/), "y");
      await press();
      await waitFor(() => expect(save).toHaveBeenCalledTimes(times));
    }
    const [lost, changed, ...again] = save.mock.calls.map(([, { key }]) => key);
    expect(changed).not.toBe(lost);
    expect(again).toEqual([changed, changed]);
  });

  it("asks before unsaved changes are left, and no longer once they are saved", async () => {
    render(<ServerForm save={vi.fn<Save>().mockResolvedValue(null)} />);
    await userEvent.type(screen.getByLabelText(/Name/), "x");
    expect(useUnsaved.getState().holders.size).toBe(1);
    await press();
    await waitFor(() => expect(useUnsaved.getState().holders.size).toBe(0));
    await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-busy"));
    await userEvent.type(screen.getByLabelText(/Name/), "y");
    await waitFor(() => expect(useUnsaved.getState().holders.size).toBe(1));
  });

  it("keeps what is typed while it is being saved, to be saved as well", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const save = vi.fn<Save>(() => new Promise((done) => (answer = done)));
    const reload = vi.fn().mockResolvedValue({ version: 2 });
    const { rerender } = render(<ServerForm save={save} present={{ values: { name: "old", imap_host: "" }, version: 1, reload }} />);
    await userEvent.type(screen.getByLabelText(/Name/), "er");
    await press();
    await waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    await userEvent.type(screen.getByLabelText(/Name/), " still");
    // News of the own change, with what the server has made of the other field.
    rerender(<ServerForm save={save} present={{ values: { name: "older", imap_host: "filled in" }, version: 2, reload }} />);
    await act(async () => answer(null));
    expect(screen.getByLabelText(/Name/)).toHaveValue("older still");
    expect(useUnsaved.getState().holders.size).toBe(1);
    await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-busy"));
    await press();
    await waitFor(() => expect(save).toHaveBeenCalledTimes(2));
    expect(save.mock.calls[1]).toMatchObject([{ name: "older still" }, { version: 2 }]);
    await act(async () => answer(null));
    await waitFor(() => expect(useUnsaved.getState().holders.size).toBe(0));
  });

  it("is saved whole though the server has filled in a field meanwhile", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const save = vi.fn<Save>(() => new Promise((done) => (answer = done)));
    const present = { values: { name: "old", imap_host: "" }, version: 1, reload: vi.fn() };
    const { rerender } = render(<ServerForm save={save} present={present} />);
    await userEvent.type(screen.getByLabelText(/Name/), "er");
    await press();
    await waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    rerender(<ServerForm save={save} present={{ ...present, values: { name: "older", imap_host: "filled in" }, version: 2 }} />);
    await waitFor(() => expect(screen.getByLabelText("Host")).toHaveValue("filled in"));
    await act(async () => answer(null));
    await waitFor(() => expect(useUnsaved.getState().holders.size).toBe(0));
    expect(present.reload).not.toHaveBeenCalled();
  });

  it("begins anew where it says so, with what is typed for the next one", async () => {
    let answer: (value: unknown) => void = () => undefined;
    function Notes() {
      const form = useAppForm({ schema, values: EMPTY, draft: "form.notes", save: () => new Promise((done) => (answer = done)), afterwards: () => EMPTY });
      return (
        <Form form={form}>
          <TextField form={form} name="name" label="Name" />
          <TextField form={form} name="imap_host" label="Host" />
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    render(<Notes />);
    await userEvent.type(screen.getByLabelText("Name"), "one");
    await press();
    await userEvent.type(screen.getByLabelText("Host"), "two");
    await act(async () => answer(null));
    expect(screen.getByLabelText("Name")).toHaveValue("");
    expect(screen.getByLabelText("Host")).toHaveValue("two");
    await waitFor(() => expect(readDraft("form.notes")).toMatchObject({ name: "", imap_host: "two" }));
  });

  it("keeps a draft until it is saved instead of asking", async () => {
    const save = vi.fn<Save>().mockResolvedValue(null);
    const { unmount } = render(<ServerForm save={save} draft="form.test" />);
    await userEvent.type(screen.getByLabelText(/Name/), "half");
    expect(useUnsaved.getState().holders.size).toBe(0);
    unmount();
    expect(readDraft("form.test")).toMatchObject({ name: "half" });
    render(<ServerForm save={save} draft="form.test" />);
    expect(screen.getByLabelText(/Name/)).toHaveValue("half");
    await press();
    await waitFor(() => expect(readDraft("form.test")).toBeNull());
  });

  it("shows what changed elsewhere without touching what was typed, and says so before it overwrites", async () => {
    const save = vi.fn<Save>().mockRejectedValueOnce(refuse(412, "version_mismatch")).mockResolvedValue(null);
    const reload = vi.fn().mockResolvedValue({ version: 2 });
    const { rerender } = render(<ServerForm save={save} present={{ values: { name: "old", imap_host: "a" }, version: 1, reload }} />);
    await userEvent.type(screen.getByLabelText(/Name/), "er");
    rerender(<ServerForm save={save} present={{ values: { name: "theirs", imap_host: "b" }, version: 2, reload }} />);
    await waitFor(() => expect(screen.getByLabelText("Host")).toHaveValue("b"));
    expect(screen.getByLabelText(/Name/)).toHaveValue("older");
    await press();
    await screen.findByRole("alert");
    await press();
    await waitFor(() => expect(save).toHaveBeenCalledTimes(2));
    expect(save.mock.calls.map(([, { version }]) => version)).toEqual([1, 2]);
  });
});
