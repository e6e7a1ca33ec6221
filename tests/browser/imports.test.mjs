// Customers from a file: chosen, mapped, checked, confirmed, and the rows that come back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

/** A list as a spreadsheet in French writes it: Windows-1252 and semicolons, with a row of each outcome. */
function list(mark) {
  const lines = [
    "Raison sociale;E-mail;NIF;T\u00e9l.;Ville;Adresse",
    `\u00c9toile ${mark};etoile-${mark}@example.dz;;0550 12 34 56;Alger;1 rue A`,
    `Palmier ${mark};palmier-${mark}@example.dz;12;;;`,
    `Encore ${mark};etoile-${mark}@example.dz;;;;`,
  ];
  return { name: `clients-${mark}.csv`, mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n"), "latin1") };
}

async function choose(page, file) {
  await page.locator('input[type="file"]').setInputFiles(file);
}

test("customers come in from a file, and what is wrong goes back", async () => {
  const mark = Date.now();
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/desk/customers");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Imports of customers" }).waitFor();
  assert.deepEqual(await violations(page), []);

  await choose(page, { name: "clients.csv", mimeType: "text/csv", buffer: Buffer.from("PK\u0003\u0004 a workbook") });
  await page.getByText("This is no CSV file").waitFor();

  await choose(page, list(mark));
  await page.getByRole("heading", { name: `clients-${mark}.csv` }).waitFor();
  assert.equal(await page.getByLabel("What “Raison sociale” holds").inputValue(), "company_name");
  await page.getByLabel("What “Adresse” holds").selectOption("city");
  await page.getByText("Two columns are said to hold the same.").waitFor();
  await page.getByLabel("What “Adresse” holds").selectOption("line1");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Check every row" }).click();

  await page.getByRole("button", { name: "Import 1 customer" }).waitFor();
  const report = page.getByRole("table", { name: "Report" });
  await report.getByText("a NIF has 15 or 20 digits").last().waitFor();
  await report.getByText("is on line 2 of the file already").last().waitFor();
  await shot(page, "import-report-en");
  await page.getByLabel("Outcome").selectOption("faulty");
  await report.getByText(`\u00c9toile ${mark}`).first().waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download rows to mend" }).click();
  assert.equal((await saved).suggestedFilename(), "rows-to-mend.csv");

  await page.getByRole("button", { name: "Import 1 customer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 rows stay out").waitFor();
  await dialog.getByRole("button", { name: "Import now" }).click();
  await page.getByText("1 customer was imported").waitFor();
  await page.getByLabel("Outcome").selectOption("imported");
  await report.getByRole("link", { name: `\u00c9toile ${mark}` }).click();
  await page.getByRole("heading", { name: `\u00c9toile ${mark}` }).waitFor();

  await go(page, "/desk/customers/imports");
  await choose(page, list(mark));
  await page.getByText("This file was imported before").waitFor();
  await page.getByRole("button", { name: "Cancel the import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the import" }).click();
  await page.getByText("Cancelled").first().waitFor();
  // The browser itself notes that the workbook was refused.
  assert.deepEqual(problems.filter((line) => !line.includes("status of 422")), []);
  await context.close();
});

test("on a phone, from right to left, the steps are whole", async () => {
  const mark = Date.now();
  const { page, context, problems } = await signedIn("admin", { locale: "ar", viewport: { width: 390, height: 844 } });
  await go(page, "/desk/customers/imports");
  await choose(page, list(mark));
  await page.getByRole("button", { name: "تحقق من كل سطر" }).click();
  await page.getByRole("button", { name: "استيراد عميل واحد" }).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
