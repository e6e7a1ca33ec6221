import axe from "axe-core";

// axe itself and not its Playwright wrapper: that one also runs in every frame, and waits for ever in the frames that show
// mail, because no script may run there. What stands in them was written by others.
const OPTIONS = {
  iframes: false,
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  resultTypes: ["violations"],
};

/** Violations of WCAG 2.1 A and AA on the page as it stands, as lines a person can act on. */
export async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (options) => (await window.axe.run(document, options)).violations, OPTIONS);
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim()}`));
}
