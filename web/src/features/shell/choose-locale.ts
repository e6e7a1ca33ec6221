import { api, call, ifMatch } from "@/api/client";
import { useSession } from "@/api/session";
import type { Locale } from "@/api/types";
import { changeLocale } from "@/i18n";

/** Shows everything in another language, here and wherever this person signs in next. */
export async function chooseLocale(locale: Locale): Promise<void> {
  await changeLocale(locale);
  const { user, status } = useSession.getState();
  if (!user || status !== "signed_in" || user.locale === locale) return;
  // The account may have changed since this page was opened, in another tab or by an administrator.
  const { version } = await call(api.GET("/api/v1/me"));
  const me = await call(api.PATCH("/api/v1/me", { params: { header: ifMatch(version) }, body: { locale } }));
  useSession.setState({ user: me });
}
