import type { TFunction } from "i18next";

/** What was done, in words; an action of long ago may have none. */
export function actionName(t: TFunction, action: string): string {
  return t([`auditAction.${action}`, "auditAction.other"], { action });
}
