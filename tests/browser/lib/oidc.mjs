// A real OpenID Connect provider on this machine, with which people sign in under whatever address they type.
import { generateKeyPairSync, createHash } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { baseUrl } from "./env.mjs";

export const CLIENT = { id: "cloudmanager", secret: "the secret of the tests" };

function key() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" };
}

/** Starts a provider; `stop` ends it. */
export async function startProvider() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${baseUrl}/sign-in/callback`] }],
    jwks: { keys: [key()] },
    cookies: { keys: ["a key for the cookies of the tests"] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: addresses.get(id), email_verified: true, name: "Somebody" }),
    }),
  });
  server.on("request", provider.callback());
  return {
    issuer,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Accounts of the provider by the name under which its tokens know them. */
const addresses = new Map();

/** An account of the provider with this address; returns what is typed at its sign-in page. */
export function accountAt(email) {
  const id = createHash("sha256").update(email).digest("hex").slice(0, 20);
  addresses.set(id, email);
  return id;
}

/** Signs in at the provider's page; the first time it is to be let tell who one is. */
export async function signInThere(page, id, first = true) {
  await page.locator("input[name=login]").fill(id);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  if (first) await page.getByRole("button", { name: "Continue" }).click();
}

/** What the provider's pages miss of the internet is none of ours. */
export const ours = (problems) => problems.filter((text) => !/fonts\.googleapis\.com|favicon\.ico/.test(text));
