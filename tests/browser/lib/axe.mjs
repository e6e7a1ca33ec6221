import axe from "axe-core";
import { waitFor } from "./browser.mjs";

// axe itself and not its Playwright wrapper: that one also runs in every frame, and waits for ever in the frames that show
// mail, because no script may run there. What stands in them was written by others.
const OPTIONS = {
  iframes: false,
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  resultTypes: ["violations"],
};

/** What is looked at: colours are the same at every width, all the rest is the same by night. */
const LOOKED_AT = {
  all: OPTIONS,
  colours: { ...OPTIONS, runOnly: { type: "rule", values: ["color-contrast"] } },
  layout: { ...OPTIONS, rules: { "color-contrast": { enabled: false } } },
};

/**
 * Violations of WCAG 2.1 A and AA on the page as it stands, or in the part of it that `root` selects, as lines a person
 * can act on. An open menu is checked by itself: it hides the page behind it, which axe understands of dialogs only.
 */
export async function violations(page, root = null, what = "all") {
  // A list that is being asked for anew is pale, which is nothing to read by and over in a moment.
  await page.locator("table[aria-busy]").first().waitFor({ state: "detached" });
  await waitFor(page, () => document.getAnimations().every((one) => !(one instanceof CSSTransition)));
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    async ([selector, options]) => (await window.axe.run(selector ?? document, options)).violations,
    [root, LOOKED_AT[what]],
  );
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim()}`));
}
