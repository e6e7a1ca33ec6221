// Every page in every language, both themes and on a phone: accessible, no untranslated word, no sideways scroll, a silent
// console.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { DESKTOP, go, painted, PHONE, shot, shutDown, signedIn, visitor } from "./lib/browser.mjs";
import { someCustomers } from "./lib/customers.mjs";
import { correspondence, forge, strangersReply } from "./lib/correspondence.mjs";
import { guessingAlert, hopelessJob } from "./lib/database.mjs";
import { baseUrl, LOCALES, people } from "./lib/env.mjs";

let data;
before(async () => {
  const [seeded, customers, quarantined, held, policies, calendars] = await Promise.all([
    seed(),
    someCustomers(),
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
  const [groups, rule, canned, bulk, { endpoint }] = await Promise.all([
    call("admin", "GET", "/support-groups"),
    call("admin", "POST", "/automation-rules", { name: `Pages ${mark}`, enabled: false, spec }),
    call("agent", "POST", "/canned-replies", { title: `Pages ${mark}`, shortcut: `p${mark}`, category: "", group_id: null, texts: { fr: "Bonjour,", en: null, ar: null }, retired: false }),
    call("admin", "POST", "/ticket-bulks", { ticket_ids: [own.id], change: { unassign: false, add_tags: [`pages-${mark}`], remove_tags: [] } }),
    call("admin", "POST", "/webhook-endpoints", { description: `Pages ${mark}`, url: "http://127.0.0.1:9/hook", types: ["ticket.created"], enabled: false }),
  ]);
  const { delivery } = await call("admin", "POST", `/webhook-endpoints/${endpoint.id}/test`);
  return { groupId: groups.items[0].id, ruleId: rule.id, cannedId: canned.id, bulkChangeId: bulk.id, endpointId: endpoint.id, deliveryId: delivery.id };
}

const pages = () => ({
  admin: {
    tickets: "/desk/tickets",
    "tickets-filtered": "/desk/tickets?state=open&priority=low&q=nothing-like-this",
    ticket: `/desk/tickets/${data.ticketId}`,
    "ticket-held": `/desk/tickets/${data.held.ticketId}`,
    "ticket-new": "/desk/tickets/new",
    tags: "/desk/tags",
    "canned-replies": "/desk/canned-replies",
    "canned-reply-new": "/desk/canned-replies/new",
    "canned-reply": `/desk/canned-replies/${data.cannedId}`,
    groups: "/desk/groups",
    group: `/desk/groups/${data.groupId}`,
    "bulk-changes": "/desk/bulk-changes",
    "bulk-change": `/desk/bulk-changes/${data.bulkChangeId}`,
    categories: "/admin/categories",
    automation: "/admin/automation",
    "automation-rule-new": "/admin/automation/new",
    "automation-rule": `/admin/automation/${data.ruleId}`,
    webhooks: "/admin/webhooks",
    "webhook-new": "/admin/webhooks/new",
    webhook: `/admin/webhooks/${data.endpointId}`,
    "webhook-delivery": `/admin/webhooks/${data.endpointId}/deliveries/${data.deliveryId}`,
    knowledge: "/desk/knowledge",
    "knowledge-new": "/desk/knowledge/new",
    "knowledge-sections": "/desk/knowledge/sections",
    mails: "/desk/mails",
    mail: `/desk/mails/${data.mail.id}`,
    "mail-machine": `/desk/mails/${data.bulk.id}`,
    "mail-quarantined": `/desk/mails/${data.quarantined.id}`,
    customers: "/desk/customers",
    "customers-none": "/desk/customers?q=nothing-like-this&status=suspended",
    "customer-new": "/desk/customers/new",
    customer: `/desk/customers/${data.customerId}`,
    "customer-timeline": `/desk/customers/${data.customerId}?tab=timeline`,
    "customer-notes": `/desk/customers/${data.customerId}?tab=notes`,
    "customer-documents": `/desk/customers/${data.customerId}?tab=documents`,
    "customer-members": `/desk/customers/${data.ownCustomerId}?tab=members`,
    "customer-security": `/desk/customers/${data.ownCustomerId}?tab=security`,
    "customer-identity": `/desk/customers/${data.ownCustomerId}?tab=identity`,
    kyc: "/desk/kyc",
    users: "/admin/users",
    user: `/admin/users/${data.userId}`,
    "user-new": "/admin/users/new",
    roles: "/admin/roles",
    role: `/admin/roles/${data.roleId}`,
    "role-new": "/admin/roles/new",
    audit: "/admin/audit?from=2026-01-01",
    queues: "/admin/queues",
    jobs: "/admin/jobs",
    job: `/admin/jobs/${data.jobId}`,
    "job-dead": `/admin/jobs/${data.deadJobId}`,
    schedules: "/admin/schedules",
    mailboxes: "/admin/mailboxes",
    mailbox: `/admin/mailboxes/${data.mailboxId}`,
    "mailbox-new": "/admin/mailboxes/new",
    suppressions: "/admin/suppressions",
    alerts: "/admin/alerts",
    logins: "/admin/logins",
    texts: "/admin/texts",
    networks: "/admin/networks",
    sla: "/admin/sla",
    "sla-policy": `/admin/sla/policies/${data.policyId}`,
    "sla-policy-new": "/admin/sla/policies/new",
    "sla-calendar": `/admin/sla/calendars/${data.calendarId}`,
    "sla-calendar-new": "/admin/sla/calendars/new",
    "personal-data": "/admin/personal-data",
    "security-sessions": "/account/security?tab=sessions",
    "security-history": "/account/security?tab=history",
    "token-new": "/account/security/tokens/new",
    missing: "/desk/tickets/00000000-0000-7000-8000-000000000000",
    nowhere: "/no/such/page",
  },
  client: {
    "my-tickets": "/client/tickets",
    "my-ticket": `/client/tickets/${data.own.id}`,
    "my-ticket-new": "/client/tickets/new",
    "my-accounts": "/client/account",
    "my-account": `/client/account/${data.ownCustomerId}`,
    "my-identity": `/client/account/${data.ownCustomerId}?tab=identity`,
    "my-documents": `/client/account/${data.ownCustomerId}?tab=documents`,
    "my-account-new": "/client/account/new",
    help: "/help",
    "help-section": "/help/sections/account",
    "help-article": "/help/articles/two-factor-sign-in",
    security: "/account/security",
    "security-tokens": "/account/security?tab=tokens",
  },
});

/** Keys of texts and values of enumerations that no reader should ever see. */
const RAW = /\b(in_progress|waiting_for_response|on_hold|not_started|in_review|more_info|mail_in|mail_out|auto_reply|[a-z]+[A-Z]?[a-zA-Z]*\.[a-z]+[A-Z][a-zA-Z]*)\b/;

/** What is wrong with the page on screen. */
async function faults(page, name) {
  const found = (await violations(page)).map((line) => `${name}: ${line}`);
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

/** The page as it stands, by day and by night, on a desk, a phone and the narrowest phone there is. */
async function faultsEverywhere(page, name, locale) {
  const found = [];
  for (const [look, viewport, colorScheme] of [
    ["light", DESKTOP, "light"],
    ["dark", DESKTOP, "dark"],
    ["phone", PHONE, "light"],
  ]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((dark) => document.documentElement.classList.contains("dark") === dark, colorScheme === "dark");
    await painted(page);
    await shot(page, `${name}-${locale}-${look}`);
    found.push(...(await faults(page, `${name}, ${look}`)));
  }
  found.push(...(await tooSmall(page)).map((text) => `${name}: too small to touch: ${text}`));
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) found.push(`${name} at 320 px: ${wide} px too wide`);
  await page.setViewportSize(DESKTOP);
  return found;
}

describe("all pages", { concurrency: 2 }, () => {
  for (const locale of LOCALES) {
    test(locale, { timeout: 900_000 }, async () => {
      const login = await visitor({ locale, theme: "system" });
      await login.page.goto(`${baseUrl}/login`);
      await login.page.locator("h1").waitFor();
      const found = await faultsEverywhere(login.page, "login", locale);
      await login.context.close();
      for (const [who, list] of Object.entries(pages())) {
        const { context, page, problems } = await signedIn(who, { locale, theme: "system" });
        assert.equal(await page.evaluate(() => document.documentElement.dir), locale === "ar" ? "rtl" : "ltr");
        for (const [name, path] of Object.entries(list)) {
          problems.length = 0;
          await go(page, path);
          found.push(...(await faultsEverywhere(page, name, locale)));
          const expected = name === "missing" ? /404/ : /$^/;
          // A new load starts without a token in memory, so nothing else may be refused.
          found.push(...problems.filter((text) => !expected.test(text)).map((text) => `${name}: ${text}`));
        }
        await context.close();
      }
      assert.deepEqual(found, []);
    });
  }
});
