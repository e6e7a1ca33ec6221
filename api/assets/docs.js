"use strict";
let token = "";

/** Makes an element; text is never read as markup. */
function el(name, props = {}, ...children) {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The schema as an example value, following references a few levels deep. */
function example(doc, schema, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return example(doc, doc.components.schemas[schema.$ref.split("/").pop()], depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const variants = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (variants) return example(doc, variants.find((variant) => variant.type !== "null") ?? variants[0], depth + 1);
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== "null") : schema.type;
  if (type === "object" || schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([k, v]) => [k, example(doc, v, depth + 1)]));
  }
  if (type === "array") return [example(doc, schema.items, depth + 1)];
  return { integer: 0, number: 0, boolean: false }[type] ?? (schema.format ?? "string");
}

function media(content) {
  const [type, value] = Object.entries(content ?? {})[0] ?? [];
  return { type, schema: value?.schema };
}

function tryForm(doc, method, path, operation) {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const input = el("input", { name: parameter.name, required: parameter.required === true && parameter.in === "path" });
    return { parameter, input, label: el("label", {}, `${parameter.name} (${parameter.in})`, input) };
  });
  const body = media(operation.requestBody?.content);
  const sample = body.type?.endsWith("json") ? JSON.stringify(example(doc, body.schema), null, 2) : "";
  const area = body.type ? el("textarea", { value: sample, spellcheck: false }) : null;
  const output = el("pre", { hidden: true });
  const form = el("form", {}, ...inputs.map(({ label }) => label),
    area ? el("label", { className: "body" }, `Body (${body.type})`, area) : null,
    el("button", {}, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let url = path;
    const query = new URLSearchParams();
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    for (const { parameter, input } of inputs) {
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value && parameter.in === "query") query.set(parameter.name, input.value);
      else if (input.value && parameter.in === "header") headers[parameter.name] = input.value;
    }
    if (area) headers["Content-Type"] = body.type;
    output.hidden = false;
    output.textContent = "…";
    try {
      const target = query.size ? `${url}?${query}` : url;
      const response = await fetch(target, { method: method.toUpperCase(), headers, body: area?.value });
      const head = `${response.status} ${response.statusText}\n` + [...response.headers].map(([k, v]) => `${k}: ${v}`).join("\n");
      const text = response.headers.get("content-type")?.startsWith("text/event-stream") ? "(a stream)" : await response.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      output.textContent = `${head}\n\n${shown}`;
    } catch (error) {
      output.textContent = String(error);
    }
  });
  return [form, output];
}

function operationView(doc, path, method, operation) {
  const rows = (operation.parameters ?? []).map((p) =>
    el("tr", {}, el("td", {}, el("code", {}, p.name)), el("td", {}, p.in + (p.required ? ", required" : "")), el("td", {}, p.description ?? "")));
  const answers = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const { type, schema } = media(response.content);
    const shown = schema ? el("pre", {}, JSON.stringify(example(doc, schema), null, 2)) : null;
    return el("div", {}, el("p", {}, el("strong", {}, status), ` ${response.description ?? ""} `, type ? el("code", {}, type) : ""), shown);
  });
  const details = el("details", {},
    el("summary", {}, el("span", { className: "method" }, method.toUpperCase()), el("code", {}, path), operation.summary ?? ""));
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    details.append(el("p", {}, operation.description ?? ""),
      el("p", {}, operation.security?.length ? "Needs an access token." : "Open to everybody."),
      rows.length ? el("table", {}, ...rows) : "",
      el("h3", {}, "Answers"), ...answers, el("h3", {}, "Try it"), ...tryForm(doc, method, path, operation));
  });
  return { details, words: `${method} ${path} ${operation.summary ?? ""} ${operation.operationId ?? ""}`.toLowerCase() };
}

async function start() {
  const doc = await (await fetch("/api/openapi.json")).json();
  const main = document.getElementById("operations");
  const tags = new Map();
  const all = [];
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const view = operationView(doc, path, method, operation);
      const tag = operation.tags?.[0] ?? "other";
      if (!tags.has(tag)) tags.set(tag, el("section", {}, el("h2", {}, tag)));
      tags.get(tag).append(view.details);
      all.push(view);
    }
  }
  main.replaceChildren(...tags.values());
  main.ariaBusy = "false";
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const { details, words } of all) details.hidden = !words.includes(wanted);
    for (const section of tags.values()) section.hidden = !section.querySelector("details:not([hidden])");
  });
}

document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const response = await fetch("/api/v1/auth/login", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const answer = await response.json();
  token = answer.access_token ?? "";
  form.querySelector("output").textContent = token ? `Signed in as ${answer.user.name}` : answer.detail;
  if (token) form.password.value = "";
});
start().catch((error) => { document.getElementById("operations").textContent = String(error); });
