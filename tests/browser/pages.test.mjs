// Every page in every language, by day, by night and on a phone: accessible, no untranslated word, no sideways scroll, a silent
// console.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { DESKTOP, go, PHONE, settled, shot, shutDown, signedIn, speak, visitor, waitFor } from "./lib/browser.mjs";
import { someCustomers } from "./lib/customers.mjs";
import { correspondence, forge, strangersReply } from "./lib/correspondence.mjs";
import { account, guessingAlert, hopelessJob } from "./lib/database.mjs";
import { LOCALES, people } from "./lib/env.mjs";
import { LOOKING, pages } from "./lib/pages.mjs";

let data;
/** Who looks at each kind of page: people of their own, since the language that is chosen on a page goes with the account. */
let lookers;
before(async () => {
  lookers = Object.fromEntries(Object.entries(LOOKING).map(([kind, like]) => [kind, like && account(like, `Regard ${kind}`)]));
  const [seeded, customers, quarantined, held, policies, calendars] = await Promise.all([
    seed(lookers.client),
    someCustomers(lookers.client),
    correspondence().then(forge),
    strangersReply("It is down here too."),
    call("admin", "GET", "/sla/policies"),
    call("admin", "GET", "/sla/calendars"),
  ]);
  guessingAlert(people.client.email);
  const policyId = policies.items.find((policy) => policy.fallback).id;
  data = { ...(await deskParts(seeded)), ...seeded, ...customers, quarantined, held, deadJobId: hopelessJob(), policyId, calendarId: calendars.items[0].id };
});
after(shutDown);

/** One of each that a desk sets up for itself; none of them does anything to the tickets of other tests. */
async function deskParts({ mark, own }) {
  const spec = {
    trigger: { when: "event", on: "created" },
    condition: { test: "tag", tag: `pages-${mark}` },
    actions: [{ do: "add_tag", tag: `pages-${mark}` }],
    limit: 100,
  };
  const [groups, sections, rule, canned, bulk, { endpoint }, provider, list] = await Promise.all([
    call("admin", "GET", "/support-groups"),
    call("admin", "GET", "/knowledge/sections"),
    call("admin", "POST", "/automation-rules", { name: `Pages ${mark}`, enabled: false, spec }),
    call("agent", "POST", "/canned-replies", { title: `Pages ${mark}`, shortcut: `p${mark}`, category: "", group_id: null, texts: { fr: "Bonjour,", en: null, ar: null }, retired: false }),
    call(lookers.desk, "POST", "/ticket-bulks", { ticket_ids: [own.id], change: { unassign: false, add_tags: [`pages-${mark}`], remove_tags: [] } }),
    call("admin", "POST", "/webhook-endpoints", { description: `Pages ${mark}`, url: "http://127.0.0.1:9/hook", types: ["ticket.created"], enabled: false }),
    call("admin", "POST", "/oidc-providers", { name: `Pages ${mark}`, slug: `pages-${mark}`, preset: "custom", issuer: "https://idp.example", client_id: "pages", client_secret: "secret", enabled: false }),
    call(lookers.desk, "POST", `/customers/imports?filename=pages-${mark}.csv`, Buffer.from(`Raison sociale;E-mail\nPages ${mark};pages-${mark}@example.dz\n`), { "content-type": "text/csv" }),
  ]);
  const fr = { title: `Pages ${mark}`, summary: "Un article.", body: "## Début\n\nDu texte." };
  const article = await call("admin", "POST", "/knowledge/articles", { section_id: sections.items[0].id, visibility: "staff", texts: { fr } });
  await call(lookers.desk, "POST", `/tickets/${own.id}/reminders`, { at: new Date(Date.now() + 86_400_000).toISOString(), note: `Pages ${mark}`, by_mail: false });
  await call("admin", "POST", "/notification-groups", { name: `Pages ${mark}`, members: [] });
  const { delivery } = await call("admin", "POST", `/webhook-endpoints/${endpoint.id}/test`);
  const colleagues = await call(lookers.desk, "GET", "/ticket-exports/recipients");
  const weekly = { name: `Pages ${mark}`, filter: { state: "open,on_hold", assignee: "me", q: mark }, every: "month", day: 31, minute: 450, zone: "Africa/Algiers", paused: true };
  const scheduled = await call(lookers.desk, "POST", "/ticket-exports", { ...weekly, recipient_ids: [colleagues.items[0].id] });
  const run = await call(lookers.desk, "POST", `/ticket-exports/${scheduled.id}/runs`);
  const template = await call("admin", "POST", "/custom-templates", { name: `Pages ${mark}`, category: "staff", channel: "sms", texts: { fr: { subject: "", body: "Ticket {{ ticket.number }}" }, en: null, ar: null } });
  return { customTemplateId: template.id, groupId: groups.items[0].id, ruleId: rule.id, cannedId: canned.id, bulkChangeId: bulk.id, endpointId: endpoint.id, deliveryId: delivery.id, articleId: article.id, providerId: provider.id, importId: list.id, ticketExportId: scheduled.id, ticketExportRunId: run.id };
}

/** Keys of texts and values of enumerations that no reader should ever see. */
const RAW = /\b(in_progress|waiting_for_response|on_hold|not_started|in_review|more_info|mail_in|mail_out|auto_reply|[a-z]+[A-Z]?[a-zA-Z]*\.[a-z]+[A-Z][a-zA-Z]*)\b/;

/** What is wrong with the page on screen; `what` axe looks at, if anything. */
async function faults(page, name, what) {
  const found = (what === null ? [] : await violations(page, null, what)).map((line) => `${name}: ${line}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) found.push(`${name}: ${wide} px too wide`);
  const text = await page.evaluate(() => {
    const copy = document.body.cloneNode(true);
    // Ids, payloads and addresses are shown as they are on purpose.
    copy.querySelectorAll("pre, bdi, script, style, iframe").forEach((element) => element.remove());
    return copy.textContent ?? "";
  });
  const raw = RAW.exec(text);
  if (raw) found.push(`${name}: the raw word "${raw[0]}" is visible`);
  return found;
}

/** What is too small for a finger. */
const tooSmall = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("button, a[href], input:not([hidden], [aria-hidden]), select")]
      .map((element) => ({ box: element.getBoundingClientRect(), element }))
      .filter(({ box, element }) => box.width > 0 && !element.closest(".sr-only") && !element.className.includes?.("sr-only"))
      // Links inside a line of text are exempt (WCAG 2.5.8), as is what another element enlarges.
      .filter(({ box, element }) => (box.height < 24 || box.width < 24) && getComputedStyle(element).display !== "inline" && element.getAttribute("role") !== "checkbox")
      .map(({ box, element }) => `${element.tagName} ${element.textContent?.slice(0, 30)} ${Math.round(box.width)}×${Math.round(box.height)}`),
  );

/**
 * How a page is looked at in a language. Colours and what stands on a page are the same in all of them, and axe is most of the
 * work: it looks at everything in the first one, where room is short in the one that reads from the right, and at words in the other.
 */
const LOOKS = {
  fr: [
    ["light", DESKTOP, "light", "all"],
    ["dark", DESKTOP, "dark", "colours"],
    ["phone", PHONE, "light", "layout"],
  ],
  en: [
    ["light", DESKTOP, "light", null],
    ["phone", PHONE, "light", "words"],
  ],
  ar: [
    ["light", DESKTOP, "light", null],
    ["phone", PHONE, "light", "layout"],
  ],
};

/** The page as it stands, by day and by night, on a desk, a phone and the narrowest phone there is. */
async function faultsEverywhere(page, name, locale) {
  const found = [];
  for (const [look, viewport, colorScheme, what] of LOOKS[locale]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await waitFor(page, (dark) => document.documentElement.classList.contains("dark") === dark, colorScheme === "dark");
    await settled(page);
    await shot(page, `${name}-${locale}-${look}`);
    found.push(...(await faults(page, `${name}, ${locale}, ${look}`, what)));
  }
  found.push(...(await tooSmall(page)).map((text) => `${name}, ${locale}: too small to touch: ${text}`));
  await page.setViewportSize({ width: 320, height: 640 });
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) found.push(`${name}, ${locale}, at 320 px: ${wide} px too wide`);
  await page.setViewportSize(DESKTOP);
  return found;
}

/** What the browser notes of a page about something that is not there. */
const REFUSED = { missing: /404/, join: /422/, survey: /422/, unsubscribe: /404/, "sign-in-callback": /422/ };

/**
 * A page is loaded in one language and spoken to in the others: what a reader's choice of language leaves behind is seen as well. The
 * first is another one from page to page, so that pages begin in each.
 */
const turned = (n) => LOCALES.map((_, at) => LOCALES[(n + at) % LOCALES.length]);

describe("all pages", { concurrency: 2 }, () => {
  for (const [kind, like] of Object.entries(LOOKING)) {
    test(kind, { timeout: 1_800_000 }, async () => {
      const found = [];
      // Told at once: a test that is too slow says what it has seen.
      const tell = (faults) => {
        for (const fault of faults) console.error(fault);
        found.push(...faults);
      };
      const { context, page, problems } = like ? await signedIn(lookers[kind], { theme: "system" }) : await visitor({ theme: "system" });
      if (!like) await go(page, "/login");
      for (const [n, [name, path]] of Object.entries(pages(data)[kind]).entries()) {
        problems.length = 0;
        const [first, ...others] = turned(n);
        await page.evaluate((locale) => localStorage.setItem("cm.locale", locale), first);
        await go(page, path);
        tell(await faultsEverywhere(page, name, first));
        for (const locale of others) {
          await speak(page, locale);
          assert.equal(await page.evaluate(() => document.documentElement.dir), locale === "ar" ? "rtl" : "ltr");
          tell(await faultsEverywhere(page, name, locale));
        }
        const expected = REFUSED[name] ?? /$^/;
        // A new load starts without a token in memory, so nothing else may be refused.
        tell(problems.filter((text) => !expected.test(text)).map((text) => `${name}: ${text}`));
      }
      await context.close();
      assert.deepEqual(found, []);
    });
  }
});
