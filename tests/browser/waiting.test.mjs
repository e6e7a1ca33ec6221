// Customers who do not answer: a group says when they are reminded, they are, and the agent reads it on the ticket.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, shutDown, signedIn } from "./lib/browser.mjs";
import { ageWait } from "./lib/database.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";
import { text } from "./lib/texts.mjs";

after(shutDown);

const mark = Date.now();
const group = { description: "", strategy: "off", members_only: false, survey: false, survey_delay_hours: 24, active: true };

test("a customer who does not answer is reminded, and the history says so", { timeout: 180_000 }, async () => {
  const address = `attente.${mark}@example.dz`;
  const ticket = await createTicket("agent", { subject: `Attente ${mark}`, body: "Bonjour", requester: { email: address } });
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "Quel serveur ?", next_state: "waiting_for_response" });
  const { page, context, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await live(page);
  ageWait(ticket.id, 4);
  const mail = await receive(OTHERS, "the reminder", (one) => one.to?.some((to) => to.address === address) && /nous attendons votre réponse/.test(one.subject ?? ""));
  assert.match(mail.text, /considérerons votre demande comme résolue/);
  await page.getByText("a rappelé au client que sa réponse est attendue (jour 3)").waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a group says when it reminds, and how long a reply reopens", { timeout: 60_000 }, async () => {
  const { id } = await call("admin", "POST", "/support-groups", { ...group, name: `Relances ${mark}` });
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, `/desk/groups/${id}`);
  await page.getByText("Relances : jour 3, 7").waitFor();
  await page.getByText("Résolu après 14 jours sans réponse").waitFor();
  await page.getByRole("button", { name: "Modifier le groupe" }).click();
  const dialog = page.getByRole("dialog");
  const days = dialog.getByRole("textbox", { name: /Relances après/ });
  await days.fill("7, 3");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.getByText(text("fr", "field.bad_days")).waitFor();
  await days.fill("2, 5");
  await dialog.getByRole("spinbutton", { name: /Résolu sans réponse/ }).fill("");
  await dialog.getByRole("checkbox", { name: "Une réponse du client met fin à l’attente" }).uncheck();
  await dialog.getByRole("spinbutton", { name: /rouvre un ticket fermé/ }).fill("48");
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Rouvert par une réponse pendant 48 heures").waitFor();
  await page.getByText("Relances : jour 2, 5").waitFor();
  const { conduct } = await call("admin", "GET", `/support-groups/${id}`);
  assert.deepEqual(conduct, { remind: true, remind_days: [2, 5], resolve_after_days: null, calendar_id: null, reply_ends_hold: false, reopen_window_hours: 48 });
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
