// A reporter that says in a few lines what failed: long outputs are often seen only in part.
export default async function* failures(source) {
  for await (const { type, data } of source) {
    if (type !== "test:fail" || data.details.type === "suite") continue;
    const { error } = data.details;
    const text = String(error.cause?.stack ?? error.cause ?? error.message).split("\n");
    const where = text.filter((line) => line.includes("/tests/browser/")).slice(0, 2);
    yield [`✖ ${data.name}`, ...text.slice(0, 8), ...where].join("\n    ") + "\n";
  }
}
