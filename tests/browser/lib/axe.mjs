import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { waitFor } from "./browser.mjs";

/** The small one: a browser reads it anew on every page that is looked at. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// axe itself and not its Playwright wrapper: that one also runs in every frame, and waits for ever in the frames that show
// mail, because no script may run there. What stands in them was written by others.
const OPTIONS = {
  iframes: false,
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  resultTypes: ["violations"],
};

/** Rules about names and languages, which a translation can break; it changes nothing of how a page is built. */
const WORDS = [
  ...["document-title", "html-has-lang", "html-lang-valid", "valid-lang", "empty-heading", "empty-table-header", "page-has-heading-one", "landmark-unique", "table-duplicate-name"],
  ...["aria-command-name", "aria-dialog-name", "aria-input-field-name", "aria-meter-name", "aria-progressbar-name", "aria-toggle-field-name", "aria-tooltip-name"],
  ...["button-name", "image-alt", "input-button-name", "label", "label-title-only", "link-name", "role-img-alt", "select-name", "summary-name", "svg-img-alt"],
];

/** What is looked at: colours are the same at every width, all the rest is the same by night. */
const LOOKED_AT = {
  all: OPTIONS,
  colours: { ...OPTIONS, runOnly: { type: "rule", values: ["color-contrast"] } },
  words: { ...OPTIONS, runOnly: { type: "rule", values: WORDS } },
  layout: { ...OPTIONS, rules: { "color-contrast": { enabled: false } } },
};

/**
 * Violations of WCAG 2.1 A and AA on the page as it stands, or in the part of it that `root` selects, as lines a person
 * can act on. An open menu is checked by itself: it hides the page behind it, which axe understands of dialogs only.
 */
export async function violations(page, root = null, what = "all") {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  for (let look = 1; ; look += 1) {
    // A list that is being asked for anew is pale, which is nothing to read by and over in a moment.
    await page.locator("table[aria-busy]").first().waitFor({ state: "detached" });
    await waitFor(page, () => document.getAnimations().every((one) => !(one instanceof CSSTransition)));
    const [found, still] = await page.evaluate(
      async ([selector, options]) => {
        let still = true;
        const watch = new MutationObserver(() => (still = false));
        watch.observe(document.body, { subtree: true, attributeFilter: ["aria-busy"] });
        const { violations } = await window.axe.run(selector ?? document, options);
        watch.disconnect();
        return [violations, still];
      },
      [root, LOOKED_AT[what]],
    );
    // What began to be asked for while it was looked at was pale for a part of it.
    if (found.length === 0 || still || look === 3) return told(found);
  }
}

const told = (found) =>
  found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim()}`));
