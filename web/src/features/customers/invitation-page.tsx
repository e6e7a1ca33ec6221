import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { explain } from "@/api/problem";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useUser } from "@/features/shell/use-user";
import { useAcceptInvitation } from "./data/queries";

/** Where the link of an invitation leads. The token stands behind the `#`, so that no server's log has it. */
export function InvitationPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const user = useUser();
  const accept = useAcceptInvitation();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
  const failure = accept.isError ? explain(t, accept.error) : null;
  return (
    <Page title={t("customer.invitation")} width="narrow">
      <Card className="grid gap-4 p-4 text-sm sm:p-6">
        <p>{t("customer.invitationText", { email: user.email })}</p>
        {(failure || token === "") && (
          <Alert tone="danger" title={t("customer.invitationBad")} live>
            {t("customer.invitationBadText")}
          </Alert>
        )}
        <Button
          variant="primary"
          className="justify-self-start"
          disabled={token === ""}
          busy={accept.isPending}
          onClick={() => accept.mutate(token, { onSuccess: ({ customer_id }) => void navigate(`/client/account/${customer_id}`, { replace: true }) })}
        >
          {t("customer.accept")}
        </Button>
      </Card>
    </Page>
  );
}
