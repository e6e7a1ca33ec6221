import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { baseUrl, executablePath, outDir, people } from "./env.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser = null;

export async function launch() {
  browser ??= await chromium.launch({ executablePath, args: FLAGS });
  return browser;
}

export async function shutDown() {
  await browser?.close();
  browser = null;
}

export const DESKTOP = { width: 1360, height: 850 };
export const PHONE = { width: 390, height: 844 };

/**
 * A fresh browser profile with one page. `problems` collects what must stay empty: console errors, uncaught exceptions,
 * violations of the content security policy.
 */
export async function visitor({ locale = "fr", theme = "light", viewport = DESKTOP } = {}) {
  const context = await (await launch()).newContext({ viewport, locale, colorScheme: theme, reducedMotion: "reduce" });
  await context.addInitScript(
    ([lang, look]) => {
      localStorage.setItem("cm.locale", lang);
      localStorage.setItem("cm.theme", look);
    },
    [locale, theme],
  );
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  return { context, page, problems };
}

/** Signs in through the form, as people do. */
export async function signIn(page, who) {
  await page.goto(`${baseUrl}/login`);
  await page.locator("input[type=email]").fill(people[who].email);
  await page.locator("input[type=password]").fill(people[who].password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.locator("main#content h1").waitFor();
}

export async function signedIn(who, options) {
  const visit = await visitor(options);
  await signIn(visit.page, who);
  // Nobody is signed in at the first look, and the browser itself reports that 401 as a console error.
  visit.problems.splice(0, visit.problems.length, ...visit.problems.filter((text) => !/401/.test(text)));
  return visit;
}

/** Waits until the page shows its data: no skeletons, no spinners. */
export async function settled(page) {
  await page.locator("main h1, [role=alert]").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
  await page.waitForTimeout(150);
}

export async function go(page, path) {
  await page.goto(baseUrl + path);
  await settled(page);
}

export async function shot(page, name) {
  mkdirSync(outDir, { recursive: true });
  await page.screenshot({ path: `${outDir}/${name}.png` });
}
