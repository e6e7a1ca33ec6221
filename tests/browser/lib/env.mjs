// Where the product under test runs and who signs in. Everything comes from the environment, so that the same suite runs
// against `make up`, the test run's own server, or any other installation with the demo people.
import { readFileSync } from "node:fs";

const runtime = process.env.CM_RUNTIME ? JSON.parse(readFileSync(process.env.CM_RUNTIME, "utf8")) : {};
const DEMO_PASSWORD = process.env.CM_DEMO_PASSWORD ?? "demo-CloudManager-2026";

export const baseUrl = (process.env.CM_URL ?? runtime.url ?? "http://127.0.0.1:8080").replace(/\/$/, "");

/** The product's own database, for what cannot be brought about from outside. */
export const databaseUrl = process.env.DATABASE_URL ?? runtime.database_url;

/** Where simulated phones show their texts. */
export const phonesUrl = process.env.CM_PHONES ?? runtime.phones;

/** `CM_ADMIN=email:password` and so on; the demo people otherwise. */
function login(name) {
  const given = process.env[`CM_${name.toUpperCase()}`];
  if (given) {
    const at = given.indexOf(":");
    return { email: given.slice(0, at), password: given.slice(at + 1) };
  }
  if (name === "admin" && runtime.admin) return runtime.admin;
  return { email: `${name}@cloudmanager.test`, password: DEMO_PASSWORD };
}

export const people = { admin: login("admin"), agent: login("agent"), client: login("client") };

export const LOCALES = ["fr", "en", "ar"];
/** Screenshots are build output: never in git. */
export const outDir = process.env.CM_SCREENSHOTS ?? new URL("../out/", import.meta.url).pathname;
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** The mail servers of the test run, see scripts/mail-servers.sh. */
export const mailServer = {
  ca: process.env.CM_MAIL_CA ? readFileSync(process.env.CM_MAIL_CA) : undefined,
  imaps: Number(process.env.CM_IMAP_PORT),
  smtps: Number(process.env.CM_SMTP_PORT),
  password: "secret",
};
