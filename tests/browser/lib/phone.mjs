// What simulated phones got.
import { eventually } from "./api.mjs";
import { phonesUrl } from "./env.mjs";

/** The code in the last text to this number, once there are at least `count` texts. */
export async function codeOf(number, count = 1) {
  const texts = await eventually(`${count} texts to ${number}`, async () => {
    const sent = await (await fetch(`${phonesUrl}/sent`)).json();
    const mine = sent.filter((text) => text.to === number);
    return mine.length >= count && mine;
  });
  return /\b\d{6}\b/.exec(texts.at(-1).text)[0];
}

/** The number of a phone that nobody else has. */
export function freshNumber() {
  return `+21355${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;
}
