import type { TFunction } from "i18next";
import { asApiError, explain } from "@/api/problem";

/** Why a mailed link did not do its work, in words; one that was used or is too old is named so. */
export function linkFailure(t: TFunction, error: unknown): string {
  return asApiError(error).code === "invalid" ? t("field.invalid_link") : explain(t, error).title;
}

export function LinkFailure({ text }: { text: string | null | undefined }) {
  if (!text) return null;
  return (
    <p role="alert" className="mb-4 text-sm text-danger">
      {text}
    </p>
  );
}
