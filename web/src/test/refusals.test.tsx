import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import french from "@/i18n/locales/fr/core.json";
import frenchRefusals from "@/i18n/locales/fr/refusals.json";

const user = { id: "u1", email: "a@b.test", name: "A", locale: "en", role: "corporate", permissions: [], dashboards: ["corporate"] };
const session = { access_token: "token", token_type: "Bearer", expires_in: 900, user };

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });

/** A server that opens sessions and refuses everything else. */
function refuse(status: number, body: object): void {
  const answer = async (input: Request | string) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, "http://localhost");
    return pathname.endsWith("/auth/refresh") ? json(session) : json(body, status);
  };
  vi.stubGlobal("fetch", vi.fn(answer));
}

/** The application as it begins: with the core's texts and no others. */
async function begin() {
  vi.resetModules();
  const i18n = await import("@/i18n");
  await i18n.startI18n("en");
  const [client, problem, knocking, uploading, words] = await Promise.all([
    import("@/api/client"),
    import("@/api/problem"),
    import("@/api/session"),
    import("@/api/upload"),
    import("@/api/worded"),
  ]);
  return { ...i18n, ...client, ...problem, ...knocking, ...uploading, ...words };
}

type Application = Awaited<ReturnType<typeof begin>>;
let app: Application;
beforeEach(async () => {
  app = await begin();
});

const fetched = () => i18next.exists("problem.wrong_credentials.title");
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable("it was not refused"),
    (error: unknown) => error,
  );

/** Files whose texts are those of refusals cannot be fetched, `times` times. */
function withoutRefusals(times = Infinity): { spared: boolean[] } {
  const seen = { spared: [] as boolean[] };
  const add = i18next.addResourceBundle;
  vi.spyOn(i18next, "addResourceBundle").mockImplementation((locale: string, space: string, texts: object, deep?: boolean) => {
    if ("nav" in texts || seen.spared.length >= times) return add(locale, space, texts, deep);
    seen.spared.push(app.goesOnWithout());
    throw new TypeError("Failed to fetch dynamically imported module");
  });
  return seen;
}

describe("the words of a refusal", () => {
  const ways: [string, (from: Application) => Promise<unknown>][] = [
    ["a call", (from) => from.call(from.api.GET("/api/v1/tickets/counts"))],
    ["bytes", (from) => from.fetchBlob("/api/v1/attachments/a")],
    ["the beginning of bytes", (from) => from.fetchHead("/api/v1/attachments/a", 10)],
    ["somebody who is not signed in", (from) => from.knock("/auth/login", {})],
  ];
  it.each(ways)("are there once it is known: %s", async (_name, ask) => {
    refuse(409, { code: "ticket_changed" });
    expect(fetched()).toBe(false);
    const error = await failure(ask(app));
    expect(app.explain(i18next.t, error)).toMatchObject({ title: "The ticket has changed", action: "Look at what is new, then send again." });
  });

  it("are there once a file is refused", async () => {
    class Refusing {
      upload = {};
      status = 422;
      response = { code: "invalid", errors: [{ pointer: "", code: "broken_pdf", detail: "" }] };
      onload: (() => void) | null = null;
      open = () => undefined;
      setRequestHeader = () => undefined;
      getResponseHeader = () => null;
      send = () => queueMicrotask(() => this.onload?.());
    }
    refuse(500, {});
    vi.stubGlobal("XMLHttpRequest", Refusing);
    await failure(app.upload(new File(["x"], "x.pdf"), () => undefined, new AbortController().signal));
    expect(i18next.exists("field.broken_pdf")).toBe(true);
  });

  it("stand at the field at once: neither a key nor anything else was there before", async () => {
    const [{ useAppForm }, { TextField }, { Form, FormActions }] = await Promise.all([
      import("@/components/form/use-app-form"),
      import("@/components/form/fields"),
      import("@/components/form/form"),
    ]);
    function Password() {
      const form = useAppForm({ schema: z.object({ password: z.string() }), values: { password: "" }, save: (values) => app.knock("/auth/register", values), guard: false });
      return (
        <Form form={form}>
          <TextField form={form} name="password" label="Password" />
          <FormActions form={form} onCancel={() => undefined} />
        </Form>
      );
    }
    refuse(422, { code: "invalid", errors: [{ pointer: "/password", code: "common_password", detail: "" }] });
    render(<Password />);
    const shown: string[] = [];
    const watch = new MutationObserver(() => shown.push(document.body.textContent ?? ""));
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    await userEvent.type(screen.getByLabelText("Password"), "password");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("This is one of the most common passwords.");
    await waitFor(() => expect(shown.at(-1)).toContain("most common passwords"));
    watch.disconnect();
    expect(shown.filter((text) => /\b(field|problem)\.[a-z_]/.test(text) || text.includes("This is not as it should be."))).toEqual([]);
  });

  it("are not fetched when the server cannot be reached", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("Failed to fetch")));
    const error = await failure(app.knock("/auth/login", {}));
    expect(app.explain(i18next.t, error).title).toBe("The server cannot be reached");
    expect(fetched()).toBe(false);
  });

  it("are not fetched for what the application says by itself of an answer", async () => {
    const titles = [];
    for (const status of [401, 403, 404, 413, 418, 429, 500, 503]) {
      const error = await failure(app.call(Promise.resolve({ response: new Response(null, { status }) })));
      titles.push(app.explain(i18next.t, error).title);
    }
    expect(fetched()).toBe(false);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe("words that cannot be fetched", () => {
  it("are replaced by what can be said of any refusal, and fetched with the next one", async () => {
    const { spared } = withoutRefusals(1);
    refuse(401, { code: "wrong_credentials", errors: [{ pointer: "/password", code: "common_password", detail: "" }] });
    const error = await failure(app.knock("/auth/login", {}));
    expect(app.explain(i18next.t, error)).toMatchObject({ title: "Something unexpected happened", action: "Reload the page and try again." });
    expect(app.fieldErrors(i18next, error)).toEqual({ password: "field.invalid" });
    const next = await failure(app.knock("/auth/login", {}));
    expect(app.explain(i18next.t, next).title).toBe("Address or password is wrong");
    // The page is not loaded anew for them: what was typed would be lost.
    expect(spared).toEqual([true]);
    expect(app.goesOnWithout()).toBe(false);
  });

  it("keep no error back for ever", async () => {
    vi.resetModules();
    // Nothing has been started here: no texts come.
    const [{ worded }, { ApiError }] = await Promise.all([import("@/api/worded"), import("@/api/problem")]);
    vi.useFakeTimers();
    try {
      const told = vi.fn();
      void worded(new ApiError({ status: 401, code: "wrong_credentials" })).then(told);
      await vi.advanceTimersByTimeAsync(4_000);
      expect(told).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(told.mock.calls).toMatchObject([[{ problem: { code: "wrong_credentials" } }]]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("another language", () => {
  it("brings its words of refusals when there were some in the one before", async () => {
    refuse(401, { code: "wrong_credentials" });
    const error = await failure(app.knock("/auth/login", {}));
    await app.changeLocale("fr");
    expect(app.explain(i18next.t, error)).toMatchObject(frenchRefusals.problem.wrong_credentials);
    expect(app.fieldWords(i18next, "field.common_password")).toBe(frenchRefusals.field.common_password);
  });

  it("brings none before there was a refusal", async () => {
    await app.changeLocale("fr");
    expect(fetched()).toBe(false);
    refuse(401, { code: "wrong_credentials" });
    const error = await failure(app.knock("/auth/login", {}));
    expect(app.explain(i18next.t, error)).toMatchObject(frenchRefusals.problem.wrong_credentials);
  });

  it("is shown though they do not come, and says what it can of what was refused in the other one", async () => {
    refuse(401, { code: "wrong_credentials" });
    const error = await failure(app.knock("/auth/login", {}));
    withoutRefusals();
    await app.changeLocale("fr");
    expect(i18next.language).toBe("fr");
    expect(app.explain(i18next.t, error)).toMatchObject(french.problem.unexpected);
    expect(app.fieldWords(i18next, "field.common_password")).toBe(french.field.invalid);
    expect(app.fieldWords(i18next, "A sentence. It stays.")).toBe("A sentence. It stays.");
  });
});
