import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useSession } from "@/api/session";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useMay } from "@/features/shell/use-user";
import { Address } from "./components/address";
import { History } from "./components/history";
import { Passkeys } from "./components/passkeys";
import { LinkedAccounts } from "./components/linked-accounts";
import { Name } from "./components/name";
import { Password } from "./components/password";
import { Sessions } from "./components/sessions";
import { TextCodes } from "./components/text-codes";
import { Tokens } from "./components/tokens";
import { TwoFactor } from "./components/two-factor";

/** How one signs in oneself, where one is signed in, and what acts in one's name. */
export function OwnSecurityPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const owes = useSession((state) => state.barrier === "second_factor");
  const tokens = useMay("tokens.own");
  const known = ["signIn", "sessions", ...(tokens ? ["tokens"] : []), "history"] as const;
  const tab = known.find((each) => each === search.get("tab")) ?? "signIn";
  return (
    <Page title={t("nav.security")} description={t("safety.text")}>
      {owes ? (
        <>
          <Alert tone="warning" title={t("safety.owed")}>
            {t("safety.owedText")}
          </Alert>
          <TwoFactor />
          <Passkeys />
          <TextCodes />
        </>
      ) : (
        <Tabs value={tab} onValueChange={(next) => setSearch(next === "signIn" ? {} : { tab: next }, { replace: true })}>
          <TabsList aria-label={t("nav.security")}>
            {known.map((each) => (
              <TabsTrigger key={each} value={each}>
                {t(`safety.${each}`)}
              </TabsTrigger>
            ))}
          </TabsList>
          <TabsContent value="signIn" className="grid gap-4">
            <Password />
            <Passkeys />
            <TwoFactor />
            <TextCodes />
            <Address />
            <Name />
            <LinkedAccounts />
          </TabsContent>
          <TabsContent value="sessions">
            <Sessions />
          </TabsContent>
          {tokens && (
            <TabsContent value="tokens">
              <Tokens />
            </TabsContent>
          )}
          <TabsContent value="history">
            <History />
          </TabsContent>
        </Tabs>
      )}
    </Page>
  );
}
