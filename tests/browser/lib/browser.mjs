import { mkdirSync } from "node:fs";
import { afterEach } from "node:test";
import { chromium } from "playwright-core";
import { eventually } from "./api.mjs";
import { baseUrl, executablePath, outDir, people } from "./env.mjs";
import { text } from "./texts.mjs";

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

/** The machine may be busy with much else; a page that needs longer is broken. */
const PATIENCE = 60_000;

/** One browser for all tests of a file, on its way or there. */
let browser = null;

// What a test that failed was looking at.
afterEach(async ({ name, passed }) => {
  if (passed) return;
  const contexts = (await browser)?.contexts() ?? [];
  for (const [n, page] of contexts.flatMap((context) => context.pages()).entries()) {
    const file = `failed-${name.replaceAll(/\W+/g, "-").slice(0, 60)}-${n + 1}`;
    console.error(`${file}.png shows ${page.url()}`);
    await picture(page, file).catch(() => undefined);
  }
});

function launch() {
  browser ??= chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE });
  return browser;
}

export async function shutDown() {
  await (await browser)?.close();
  browser = null;
}

export const DESKTOP = { width: 1360, height: 850 };
export const PHONE = { width: 390, height: 844 };

/**
 * A fresh browser profile with one page. `problems` collects what must stay empty: console errors, uncaught exceptions,
 * violations of the content security policy.
 */
export async function visitor({ locale = "fr", theme = "light", viewport = DESKTOP } = {}) {
  const context = await (await launch()).newContext({ viewport, locale, colorScheme: theme === "dark" ? "dark" : "light", reducedMotion: "reduce" });
  await context.addInitScript(
    ([lang, look]) => {
      // What is chosen on a page stays.
      if (localStorage.getItem("cm.locale") === null) localStorage.setItem("cm.locale", lang);
      localStorage.setItem("cm.theme", look);
    },
    [locale, theme],
  );
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const problems = [];
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  return { context, page, problems };
}

/** Signs in through the form, as people do; what is not about signing in takes `signedIn`. `who` is one of the demo's people or an account. */
export async function signIn(page, who) {
  const { email, password } = people[who] ?? who;
  await page.goto(`${baseUrl}/login`);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.locator("main#content h1").waitFor();
}

/**
 * A fresh profile of somebody who has signed in, on his first page. The session is asked for by this browser and without the form, which
 * would be one more page to load for each test; whoever owes more than a password gives it there.
 */
export async function signedIn(who, options) {
  const visit = await visitor(options);
  const { context, page } = visit;
  const answer = await context.request.post(`${baseUrl}/api/v1/auth/login`, {
    data: people[who] ?? { email: who.email, password: who.password },
    timeout: PATIENCE,
  });
  if (!answer.ok() || !(await answer.json()).access_token) {
    await signIn(page, who);
    return visit;
  }
  await page.goto(`${baseUrl}/`);
  await page.locator("main#content h1, form input[type=password]").first().waitFor();
  if (new URL(page.url()).pathname.startsWith("/login")) await signIn(page, who);
  return visit;
}

/**
 * Waits until `holds` of the page. Asked by the clock: Playwright asks at every frame unless told otherwise, and a browser with
 * several pages on a busy machine may paint no frame of a page that stands still.
 */
export const waitFor = (page, holds, argument) => page.waitForFunction(holds, argument, { polling: 25 });

/** Waits until everything known now is on screen; a page that nothing changes may get no frame, and waits for none. */
export const painted = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done()));
        setTimeout(done, 1000);
      }),
  );

/** Waits until the page shows its data: no skeletons, no spinners, for as long as it takes to paint twice. */
export async function settled(page) {
  await page.locator("main h1:visible, [role=alert]:visible").first().waitFor();
  for (;;) {
    await waitFor(page, () => document.querySelector("[aria-busy=true]") === null);
    await painted(page);
    if ((await page.locator("[aria-busy=true]").count()) === 0) return;
  }
}

/** Waits until a field holds this text. */
export const holds = async (field, wanted) => {
  let value;
  await eventually(() => `a field to hold “${wanted}”, which holds “${value}”`, async () => (value = await field.inputValue()) === wanted);
};

/** Opens the palette, which is fetched after the first page: until it is there the boxes of the page are other ones. Returns its box. */
export async function openPalette(page) {
  await page.keyboard.press("Control+k");
  const box = page.getByRole("dialog").getByRole("combobox");
  await box.waitFor();
  return box;
}

/** Waits until the page is told of changes as they happen. */
export const live = (page) => page.locator("[data-live=true]").waitFor();

export async function go(page, path) {
  await page.goto(baseUrl + path);
  await settled(page);
}

/** Chooses a language on the page, as its reader does. */
export async function speak(page, locale) {
  const present = await page.evaluate(() => document.documentElement.lang);
  await page.getByRole("button", { name: text(present, "shell.language"), exact: true }).press("Enter");
  await page.locator(`[role=menuitemradio][lang=${locale}]`).press("Enter");
  await waitFor(page, (wanted) => document.documentElement.lang === wanted, locale);
  await page.getByRole("menu").waitFor({ state: "detached" });
  await settled(page);
}

/** Pictures are for people who look at them: they ask for them. */
const PICTURES = process.env.CM_PICTURES === "all";

export async function shot(page, name) {
  if (PICTURES) await picture(page, name);
}

export async function picture(page, name) {
  mkdirSync(outDir, { recursive: true });
  await page.screenshot({ path: `${outDir}/${name}.png` });
}
