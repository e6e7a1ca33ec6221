// Physical directions break Arabic: only logical classes (ms, me, ps, pe, start, end) may be used.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PHYSICAL =
  /(?<![\w-])-?(?:ml|mr|pl|pr|left|right|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br|scroll-ml|scroll-mr)-(?:\d|\[|auto|px|full|\()|(?<![\w-])(?:text-left|text-right|float-left|float-right|border-l|border-r)(?![\w-])/g;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(tsx?|css)$/.test(entry.name) && !entry.name.endsWith(".d.ts")) yield path;
  }
}

let hits = 0;
for (const path of sources("src")) {
  readFileSync(path, "utf8").split("\n").forEach((line, index) => {
    for (const match of line.matchAll(PHYSICAL)) {
      hits += 1;
      console.error(`${path}:${index + 1}: physical direction "${match[0]}"; use its logical twin`);
    }
  });
}
if (hits > 0) process.exit(1);
console.log("directions: only logical classes");
