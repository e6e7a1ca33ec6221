// Fails when the first load or a lazily loaded page grows beyond its budget (brotli bytes of JavaScript).
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FIRST_LOAD = 250_000;
const LAZY_ROUTE = 60_000;
/** What a page fetches for one thing that is opened on it, with a budget of its own; its worker comes on top. */
const TOOLS = {
  "src/components/pdf/pdf-view.tsx": 130_000,
};
/** Texts that a page loads besides those of its feature. */
const BESIDE = {
  "src/features/tickets/desk-pages.ts": "ticket",
  "src/features/tickets/client-pages.ts": "ticket",
  "src/features/tickets/ticket-page.tsx": "ticket",
  "src/features/tickets/bulk-pages.ts": "bulk",
  "src/features/tickets/components/bulk-actions.tsx": "bulk",
  "src/features/canned/pages.ts": "refusals",
  "src/features/signon/pages.ts": "refusals",
  "src/features/templates/pages.ts": "refusals",
};

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

/** What is fetched as one: the first load, pages, and parts of pages that come when they are needed. */
const loads = Object.keys(manifest).filter((key) => key === entryKey || (manifest[key].isDynamicEntry && !locales.includes(key)));
const asked = new Map(loads.map((key) => [key, loads.filter((from) => [...closure(from)].some((part) => manifest[part].dynamicImports?.includes(key)))]));

/** What is there in any case when something is asked for, whichever of its askers does: of a part of a page, what the page brought. */
const there = new Map(loads.map((key) => [key, new Set(key === entryKey ? [] : Object.keys(manifest))]));
for (let changed = true; changed; ) {
  changed = false;
  for (const key of loads) {
    for (const from of asked.get(key)) {
      const brought = new Set([...closure(from), ...there.get(from)]);
      const left = [...there.get(key)].filter((part) => brought.has(part));
      if (left.length < there.get(key).size) {
        there.set(key, new Set(left));
        changed = true;
      }
    }
  }
}

for (const key of loads.filter((each) => each !== entryKey)) {
  const own = [...closure(key)].filter((part) => !there.get(key).has(part));
  const area = /features\/([^/]+)\//.exec(key)?.[1];
  rows.push([key.replace(/^src\//, ""), sum(own) + texts(area) + texts(BESIDE[key]), TOOLS[key] ?? LAZY_ROUTE]);
}
const styles = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []));
for (const [name, bytes, limit] of rows) console.log(`${bytes > limit ? "OVER" : "ok  "} ${kb(bytes).padStart(9)} / ${kb(limit)}  ${name}`);
console.log(`     ${kb([...styles].reduce((total, file) => total + size(file), 0)).padStart(9)}             styles`);
if (rows.some(([, bytes, limit]) => bytes > limit)) process.exit(1);
