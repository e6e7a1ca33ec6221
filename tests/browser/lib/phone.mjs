// What simulated phones got.
import { phonesUrl } from "./env.mjs";

/** The code in the last text to this number, once there are at least `count` texts. */
export async function codeOf(number, count = 1) {
  const until = Date.now() + 60_000;
  for (;;) {
    const sent = await (await fetch(`${phonesUrl}/sent`)).json();
    const mine = sent.filter((text) => text.to === number);
    if (mine.length >= count) return /\b\d{6}\b/.exec(mine.at(-1).text)[0];
    if (Date.now() > until) throw new Error(`no ${count} texts to ${number} within a minute: ${JSON.stringify(mine)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The number of a phone that nobody else has. */
export function freshNumber() {
  return `+21355${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;
}
