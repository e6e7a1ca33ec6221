// What tickets are about: whoever answers for the tree adds to it and moves by keyboard, a customer chooses on his phone, and the
// ticket's history says where its category sent it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

after(shutDown);

test("a category is made, moved by keyboard, chosen by a customer on his phone, and retired", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const [upper, lower] = [`Réseau ${mark}`, `Pare-feu ${mark}`];
  const admin = await signedIn("admin", { locale: "fr" });
  const { page } = admin;
  const stored = async (name) => (await call("admin", "GET", "/ticket-categories")).items.find(({ names }) => names.fr === name);
  const dialog = page.getByRole("dialog");
  const fill = async (name) => {
    for (const language of ["Français", "English", "العربية"]) await dialog.getByRole("textbox", { name: `Nom (${language})` }).fill(name);
  };
  await go(page, "/admin/categories");
  for (const name of [upper, lower]) {
    await page.getByRole("button", { name: "Nouvelle catégorie" }).click();
    await fill(name);
    if (name === lower) {
      await dialog.getByLabel("Priorité de départ").selectOption({ label: "Haute" });
      await dialog.getByLabel(/^Description \(Français\)/).fill("Accès filtrés et règles.");
    }
    await dialog.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("button", { name, exact: true }).waitFor();
    await dialog.waitFor({ state: "detached" });
  }
  // Among its neighbours with the keyboard alone; the focus stays on what is moved.
  const place = async (first, second) => {
    await waitFor(
      page,
      ([one, two]) => {
        const names = [...document.querySelectorAll("[data-category-name]")].map((each) => each.textContent ?? "");
        return names.indexOf(one) >= 0 && names.indexOf(one) < names.indexOf(two);
      },
      [first, second],
    );
  };
  await place(upper, lower);
  const name = page.getByRole("button", { name: lower, exact: true });
  await name.focus();
  await page.keyboard.press("Alt+ArrowUp");
  await place(lower, upper);
  assert.equal(await name.evaluate((button) => button === document.activeElement), true, "what is moved keeps the focus");
  await page.keyboard.press("ArrowDown");
  await waitFor(page, (wanted) => document.activeElement?.textContent === wanted, upper);
  assert.deepEqual(await violations(page), []);

  // Below another one.
  await page.getByRole("button", { name: `Actions pour ${lower}` }).click();
  await page.getByRole("menuitem", { name: "Placer ailleurs…" }).click();
  await dialog.getByLabel("Sous").selectOption({ label: upper });
  await dialog.getByRole("button", { name: "Placer ici" }).click();
  await place(upper, lower);
  await dialog.waitFor({ state: "detached" });
  assert.equal((await stored(lower)).parent_id, (await stored(upper)).id);

  // The customer, on his phone.
  const client = await signedIn("client", { locale: "fr", viewport: PHONE });
  await go(client.page, "/client/tickets/new");
  await client.page.getByLabel("Catégorie").selectOption({ label: `${upper} / ${lower}` });
  await client.page.getByText("Accès filtrés et règles.").waitFor();
  await client.page.getByRole("textbox", { name: /^Objet/ }).fill(`Port fermé ${mark}`);
  await client.page.getByRole("textbox", { name: /^Message/ }).fill("Le port 443 est fermé.");
  assert.deepEqual(await violations(client.page), []);
  await client.page.getByRole("button", { name: "Ouvrir le ticket" }).click();
  await client.page.waitForURL(/\/client\/tickets\/[0-9a-f-]{36}$/);
  await client.page.getByText(`${upper} / ${lower}`).first().waitFor();
  const id = client.page.url().split("/").at(-1);

  // Staff see what the category decided, and give it another one.
  await go(page, `/desk/tickets/${id}`);
  await page.getByText(`priorité de la catégorie : Haute`).waitFor();
  await page.getByLabel("Catégorie").selectOption({ label: upper });
  await page.getByText(`a changé la catégorie : ${lower} → ${upper}`).waitFor();
  assert.equal((await call("agent", "GET", `/tickets/${id}`)).priority, "high", "no category lowers it");
  const listed = await call("agent", "GET", `/tickets?category=${(await stored(upper)).id}`);
  assert.deepEqual(listed.items.map((ticket) => ticket.id), [id]);

  // Retired: offered no more, and its ticket keeps it.
  await go(page, "/admin/categories");
  for (const each of [lower, upper]) {
    await page.getByRole("button", { name: each, exact: true }).click();
    await dialog.getByRole("checkbox", { name: "En service" }).uncheck();
    await dialog.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("button", { name: each, exact: true }).waitFor({ state: "detached" });
    await dialog.waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: /Afficher/ }).click();
  await page.getByRole("button", { name: upper, exact: true }).waitFor();
  assert.equal((await call("agent", "GET", `/tickets/${id}`)).category_id, (await stored(upper)).id);
  await go(client.page, "/client/tickets/new");
  await client.page.getByLabel("Catégorie").waitFor();
  assert.equal(await client.page.getByRole("option", { name: upper, exact: true }).count(), 0);
  assert.deepEqual([...admin.problems, ...client.problems], []);
  await admin.context.close();
  await client.context.close();
});

test("the tree fits an Arabic phone", { timeout: 300_000 }, async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(page, "/admin/categories");
  await page.getByRole("button", { name: "مشكلة تقنية", exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "nothing is beside the screen");
  assert.deepEqual(problems, []);
  await context.close();
});
