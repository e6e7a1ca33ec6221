// Fails when the first load or a lazily loaded page grows beyond its budget (brotli bytes of JavaScript).
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FIRST_LOAD = 250_000;
const LAZY_ROUTE = 60_000;
/** What a page fetches for one thing that is opened on it, with a budget of its own; its worker comes on top. */
const TOOLS = { "src/components/pdf/pdf-view.tsx": 130_000 };

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
const size = (file) => {
  const compressed = join("dist", `${file}.br`);
  return statSync(existsSync(compressed) ? compressed : join("dist", file)).size;
};

/** Keys of a chunk and of everything it imports statically. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = closure(entryKey);
const sum = (keys) => [...keys].reduce((total, key) => total + size(manifest[key].file), 0);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

// The texts of one language come with what they belong to: count the largest language.
const locales = Object.keys(manifest).filter((key) => key.includes("i18n/locales/"));
const texts = (area) => Math.max(0, ...locales.filter((key) => key.endsWith(`/${area}.json`)).map((key) => size(manifest[key].file)));
const firstLoad = sum(first) + texts("core");
const rows = [["first load (with its texts)", firstLoad, FIRST_LOAD]];

for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || locales.includes(key)) continue;
  const own = [...closure(key)].filter((part) => !first.has(part));
  const area = /features\/([^/]+)\//.exec(key)?.[1];
  rows.push([key.replace(/^src\//, ""), sum(own) + texts(area), TOOLS[key] ?? LAZY_ROUTE]);
}
const styles = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []));
for (const [name, bytes, limit] of rows) console.log(`${bytes > limit ? "OVER" : "ok  "} ${kb(bytes).padStart(9)} / ${kb(limit)}  ${name}`);
console.log(`     ${kb([...styles].reduce((total, file) => total + size(file), 0)).padStart(9)}             styles`);
if (rows.some(([, bytes, limit]) => bytes > limit)) process.exit(1);
