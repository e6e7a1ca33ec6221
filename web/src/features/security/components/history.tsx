import { LogIn } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataList } from "@/components/list/data-list";
import { useDataTable } from "@/components/ui/use-data-table";
import { OWN_ACTIVITY } from "@/features/shell/navigation";
import { useOwnLogins } from "../data/own";
import { loginColumns } from "./login-columns";

/** Every try to sign in to one's account. */
export function History() {
  const { t } = useTranslation();
  const { query, rows } = useOwnLogins();
  const columns = useMemo(() => loginColumns(t), [t]);
  const table = useDataTable({ name: "own-logins", rows, columns, rowId: (line) => String(line.id) });
  return (
    <div className="grid gap-3">
      <p className="text-sm text-muted-foreground">
        {t("loginLog.ownText")}{" "}
        <Link to={OWN_ACTIVITY} className="underline underline-offset-2">
          {t("nav.ownActivity")}
        </Link>
      </p>
      <DataList table={table} query={query} label={t("safety.history")} empty={{ icon: LogIn, title: t("loginLog.none") }} expected={8} />
    </div>
  );
}
