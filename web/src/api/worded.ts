import i18next from "i18next";
import { loadRefusalTexts } from "@/i18n";
import { asApiError, type ApiError, type Problem } from "./problem";

/** Whether all that is to be said of a refusal can be said with the texts that are there. */
function sayable({ code, errors = [] }: Problem): boolean {
  return i18next.exists(`problem.${code}.title`) && errors.every((field) => i18next.exists(`field.${field.code}`));
}

/**
 * What a call ends in: the error, once the texts are there that tell of it. Whoever shows it needs to wait for nothing. Texts that do not come
 * keep no error back; `explain` and `fieldErrors` then say what can be said of any. What the application says without the server, such as that
 * it cannot be reached, stands in the core's texts: nothing is fetched for it.
 */
export async function worded(error: unknown): Promise<ApiError> {
  const failed = asApiError(error);
  if (!sayable(failed.problem)) await loadRefusalTexts();
  return failed;
}
