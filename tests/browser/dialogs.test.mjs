// Whatever opens on top of a page: accessible in both directions of writing, on a desk and on a phone, closed by Escape.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, eventually, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { DESKTOP, go, painted, PHONE, picture, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { correspondence, forge } from "./lib/correspondence.mjs";
import { account, hopelessJob } from "./lib/database.mjs";
import { text } from "./lib/texts.mjs";

let data;
before(async () => {
  const [seeded, quarantined] = await Promise.all([seed(), correspondence().then(forge)]);
  hopelessJob();
  await eventually("the hopeless job to be dead", async () => {
    const { items } = await call("admin", "GET", "/queues");
    return items.find(({ name }) => name === "mail_in").dead > 0;
  });
  // Somebody whom no other test sends news, so that what is on screen is what was opened.
  const looker = account("admin", "Lina Admin");
  data = { ...seeded, quarantined, looker };
});
after(shutDown);

const press = (key) => (page, t) => page.getByRole("button", { name: t(key), exact: true }).first().click();

/** Name, page, how it is opened, what appears, and where: everywhere unless told. */
const OVERLAYS = [
  ["palette", () => "/desk/tickets", (page) => page.keyboard.press("Control+k"), "dialog"],
  ["shortcuts", () => "/desk/tickets", (page) => page.keyboard.press("?"), "dialog"],
  ["filter", () => "/desk/tickets", press("list.filter"), "menu"],
  ["table", () => "/desk/tickets", press("table.options"), "menu", DESKTOP],
  ["language", () => "/desk/tickets", press("shell.language"), "menu", DESKTOP],
  ["theme", () => "/desk/tickets", press("shell.theme"), "menu", DESKTOP],
  ["account", () => "/desk/tickets", (page) => page.locator("header button[aria-haspopup=menu]").last().click(), "menu"],
  ["navigation", () => "/desk/tickets", press("shell.openMenu"), "dialog", PHONE],
  ["state", () => `/desk/tickets/${data.ticketId}`, press("ticket.changeState"), "menu"],
  ["subject", () => `/desk/tickets/${data.ticketId}`, press("ticket.editSubject"), "dialog"],
  [
    "hold",
    () => `/desk/tickets/${data.ticketId}`,
    async (page, t) => {
      await press("ticket.changeState")(page, t);
      await page.locator("[data-to=on_hold]").click();
    },
    "dialog",
  ],
  [
    "leave",
    () => "/admin/mailboxes/new",
    async (page, t) => {
      await page.getByRole("textbox").first().fill("Half a mailbox");
      await page.getByRole("link", { name: t("mailbox.back") }).click();
    },
    "dialog",
  ],
  ["drop", () => `/desk/mails/${data.quarantined.id}`, press("mail.drop"), "dialog"],
  ["release", () => `/desk/mails/${data.quarantined.id}`, press("mail.release"), "dialog"],
  ["delete-mailbox", () => `/admin/mailboxes/${data.mailboxId}`, press("common.delete"), "dialog"],
  ["totp", () => "/account/security", press("safety.setUpApp"), "dialog"],
  ["address", () => "/account/security", press("safety.changeAddress"), "dialog"],
  ["end-sessions", () => "/account/security?tab=sessions", press("ownSession.endOthers"), "dialog"],
  ["network", () => "/admin/networks", press("network.add"), "dialog"],
  ["queue", () => "/admin/queues", (page) => page.locator("tr[data-id=mail_in] button[aria-haspopup=menu]").click(), "menu"],
  [
    "discard-dead",
    () => "/admin/queues",
    async (page, t) => {
      await page.locator("tr[data-id=mail_in] button[aria-haspopup=menu]").click();
      await page.getByRole("menuitem", { name: t("queueAction.discard-dead") }).click();
    },
    "dialog",
  ],
];

/** What axe looks at: colours are the same in every language and at every width. */
const lookedAt = (locale, viewport) => (locale === "fr" && viewport === DESKTOP ? "all" : "layout");

describe("menus and dialogs", { concurrency: 2 }, () => {
  for (const locale of ["fr", "ar"]) {
    for (const viewport of [DESKTOP, PHONE]) {
      const screen = viewport === PHONE ? "phone" : "light";
      test(`${locale}, ${screen}`, { timeout: 400_000 }, async () => {
        const { page, context } = await signedIn(data.looker, { locale, viewport });
        const found = [];
        // Told at once: a test that is cut short says what it has seen.
        const tell = (fault) => {
          console.error(`${locale}, ${screen}: ${fault}`);
          found.push(fault);
        };
        let present = null;
        for (const [name, path, open, role, only] of OVERLAYS) {
          if (only && only !== viewport) continue;
          try {
            if (path() !== present) await go(page, path());
            present = path();
            await open(page, (key, values) => text(locale, key, values));
            const overlay = page.getByRole(role).last();
            await overlay.waitFor();
            await painted(page);
            await shot(page, `${name}-${locale}-${screen}`);
            const what = lookedAt(locale, viewport);
            for (const line of await violations(page, role === "menu" ? "[role=menu]" : null, what)) tell(`${name}: ${line}`);
            const { x, width } = await overlay.boundingBox();
            if (x < 0 || x + width > viewport.width) tell(`${name}: stands out of the screen`);
            const inside = await overlay.evaluate((element) => element.contains(document.activeElement));
            if (!inside) tell(`${name}: the focus is elsewhere`);
            await page.keyboard.press("Escape");
            await overlay.waitFor({ state: "detached" });
            // What was typed is not to be asked about when the next page is opened.
            if (name === "leave") await page.getByRole("textbox").first().fill("");
          } catch (error) {
            // The others are looked at all the same.
            tell(`${name}: ${error.message}`);
            await picture(page, `failed-${name}-${locale}-${screen}`);
            present = null;
          }
        }
        assert.deepEqual(found, []);
        await context.close();
      });
    }
  }
});
