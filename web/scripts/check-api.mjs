// Fails when schema.d.ts is not what openapi.json generates. The Makefile compares openapi.json with the binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "schema-"));
const fresh = join(folder, "schema.d.ts");
try {
  const tool = join("node_modules", ".bin", "openapi-typescript");
  execFileSync(tool, ["openapi.json", "-o", fresh, "--alphabetize"], { stdio: ["ignore", "ignore", "inherit"] });
  if (readFileSync(fresh, "utf8") !== readFileSync("src/api/schema.d.ts", "utf8")) {
    console.error("src/api/schema.d.ts does not match openapi.json: run `npm run gen:api` and commit the result.");
    process.exitCode = 1;
  } else {
    console.log("api types: in step with openapi.json");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
