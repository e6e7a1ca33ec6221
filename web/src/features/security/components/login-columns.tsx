import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import type { LoginLine } from "@/api/types";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Device } from "./device";
import { LoginMethod, LoginPlace, OutcomeBadge } from "./login-cells";

interface LoginColumnsOptions<T extends LoginLine> {
  /** What a line is known by; unless given, the device it was tried from. */
  title?: { header: string; of: (line: T) => ReactNode };
  /** How the source address is shown. */
  place?: (line: T) => ReactNode;
}

/** Columns of a journal of tries to sign in, be it everybody's, a customer's or one's own. */
export function loginColumns<T extends LoginLine>(t: TFunction, { title, place }: LoginColumnsOptions<T> = {}): ColumnDef<T, never>[] {
  const column = createColumnHelper<T>();
  const device = (line: T) => <Device userAgent={line.user_agent} />;
  const from = place ?? ((line: T) => <LoginPlace ip={line.ip} />);
  return [
    column.display({
      id: title ? "account" : "device",
      header: title?.header ?? t("ownSession.device"),
      cell: ({ row: { original: line } }) => (
        <RowTitle
          marks={!line.known_device && line.outcome === "success" && <Badge tone="info">{t("loginLog.newDevice")}</Badge>}
          sub={<LoginMethod line={line} />}
          phone={
            <>
              <OutcomeBadge outcome={line.outcome} />
              <LoginMethod line={line} />
              <LoginPlace ip={line.ip} />
              <Time at={line.at} />
            </>
          }
        >
          {(title?.of ?? device)(line)}
        </RowTitle>
      ),
    }),
    column.display({
      id: "outcome",
      header: t("loginLog.outcome"),
      meta: { className: "hidden sm:table-cell w-48", name: t("loginLog.outcome") },
      cell: ({ row }) => <OutcomeBadge outcome={row.original.outcome} />,
    }),
    column.display({
      id: "place",
      header: t("ownSession.place"),
      meta: { className: "hidden sm:table-cell w-44", name: t("ownSession.place") },
      cell: ({ row }) => from(row.original),
    }),
    ...(title
      ? [
          column.display({
            id: "device",
            header: t("ownSession.device"),
            meta: { className: "hidden lg:table-cell w-44", name: t("ownSession.device") },
            cell: ({ row }) => device(row.original),
          }),
        ]
      : []),
    column.display({
      id: "at",
      header: t("loginLog.at"),
      meta: { className: "hidden sm:table-cell w-36" },
      cell: ({ row }) => <Time at={row.original.at} />,
    }),
  ] as ColumnDef<T, never>[];
}
