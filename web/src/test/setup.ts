import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { readdirSync } from "node:fs";
import { afterEach, beforeAll, vi } from "vitest";
import { loadTexts, startI18n } from "@/i18n";

export const AREAS = readdirSync("src/i18n/locales/en").map((file) => file.replace(/\.json$/, ""));

configure({ asyncUtilTimeout: 20_000 });

beforeAll(async () => {
  await startI18n("en");
  await Promise.all(AREAS.map(loadTexts));
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});
