// A customer with something in each of his tabs, and one of the client's own whose identity waits for a reviewer.
import { randomUUID } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { call } from "./api.mjs";
import { people } from "./env.mjs";

/** A picture that a decoder takes. */
export function picture(width = 320, height = 200) {
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, (_, x) => Buffer.from([(x * 255) / width, 120, 90]))]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([size, body, sum]);
  };
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

/** A PDF of one page with a line of text and a filled box. */
export function pdf(text) {
  const content = `0.1 0.2 0.4 rg 60 500 300 120 re f BT /F1 28 Tf 60 700 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${places.join("")}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

const bytes = { "content-type": "application/octet-stream" };

export function company(who, name) {
  const mark = randomUUID().slice(0, 8);
  return call(who, "POST", "/customers", { profile: { kind: "corporate", locale: "fr", company_name: `${name} ${mark}`, legal_form: "SARL", email: `contact.${mark}@example.dz`, phone: "0550123456" } });
}

/** A company of the client's whose papers are handed in. */
export async function waitingForReview(name, client = "client") {
  const own = await company(client, name);
  for (const kind of ["trade_register", "tax_card", "identity_card", "selfie"]) {
    await call(client, "POST", `/customers/${own.id}/kyc/documents?kind=${kind}&filename=${kind}.png`, picture(), bytes);
  }
  await call(client, "POST", `/customers/${own.id}/kyc/documents?kind=statutes&filename=statuts.pdf`, pdf(name), bytes);
  await call(client, "POST", `/customers/${own.id}/kyc/submit`);
  return own;
}

export async function someCustomers(client) {
  const customer = await company("agent", "SARL Atlas Hébergement");
  const path = `/customers/${customer.id}`;
  const { items: agents } = await call("agent", "GET", "/agents");
  await call("agent", "POST", `${path}/contacts`, { name: "Yasmine Kaci", email: "yasmine@example.dz", purpose: "billing", is_primary: true });
  await call("agent", "POST", `${path}/addresses`, { kind: "billing", line1: "12 rue Didouche Mourad", city: "Alger", postal_code: "16000", wilaya: 16, country: "DZ", is_default: true });
  await call("agent", "POST", `${path}/notes`, { body: `@${agents[0].name} à rappeler demain.`, pinned: true, mentions: [agents[0].id] });
  await call("agent", "POST", `${path}/documents?filename=contrat.txt&category=contract`, Buffer.from("Contrat n° 12"), bytes);
  const own = await waitingForReview("EURL Casbah", client);
  // The newest user or role may be one that a test beside this one is about to delete.
  const { items: users } = await call("admin", "GET", `/users?q=${encodeURIComponent(people.client.email)}`);
  const { items: roles } = await call("admin", "GET", "/roles");
  const userId = users.find((user) => user.email === people.client.email).id;
  return { customerId: customer.id, ownCustomerId: own.id, userId, roleId: roles.find((role) => role.system).id };
}
