// Writes .br and .gz next to every text asset, so that the binary never compresses while it serves.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(m?js|css|svg|json|txt|webmanifest)$/;
let before = 0;
let after = 0;

function walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (TEXT.test(name)) compress(path);
  }
}

function compress(path) {
  const bytes = readFileSync(path);
  // Below this a compressed twin saves less than its own headers cost.
  if (bytes.length < 512) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const brotli = brotliCompressSync(bytes, { params });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  before += bytes.length;
  after += brotli.length;
}

// index.html is not compressed here: its nonce changes with every response.
walk(join("dist", "assets"));
console.log(`precompressed: ${(before / 1000).toFixed(0)} kB -> ${(after / 1000).toFixed(0)} kB brotli`);
