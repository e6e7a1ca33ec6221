import { useTranslation } from "react-i18next";
import { signOut, useSession } from "@/api/session";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SignInForm } from "./sign-in-form";

/** The session ended in the middle of work: sign in again in place; what was typed stays, what was sent is sent again. */
export function ExpiredDialog() {
  const { t } = useTranslation();
  const { status, user } = useSession();
  if (!user) return null;
  return (
    <Dialog
      open={status === "expired"}
      modal="must-answer"
      title={t("auth.expiredTitle")}
      description={t("auth.expiredText")}
      footer={
        <Button variant="ghost" onClick={() => void signOut()}>
          {t("auth.signOut")}
        </Button>
      }
    >
      <SignInForm email={user.email} />
    </Dialog>
  );
}
