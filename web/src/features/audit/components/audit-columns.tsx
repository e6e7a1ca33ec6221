import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { Link } from "react-router";
import type { AuditLine } from "@/api/types";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { AuditFilter } from "../data/queries";
import { actionName } from "../data/words";
import { Changes } from "./changes";

const column = createColumnHelper<AuditLine>();

/** Columns of the trail; names, subjects and addresses narrow it to themselves. */
export function auditColumns(t: TFunction, narrow: (part: Partial<AuditFilter>) => void): ColumnDef<AuditLine, never>[] {
  const who = ({ actor, actor_kind }: AuditLine) =>
    actor ? (
      <Button variant="link" size="text" className="max-w-full" aria-label={t("trail.onlyActor", { name: actor.name || actor.email })} onClick={() => narrow({ actor: actor.id })}>
        <bdi className="truncate">{actor.name || actor.email}</bdi>
      </Button>
    ) : (
      t(`actorKind.${actor_kind}`)
    );
  const place = (ip: string | null) =>
    ip && (
      <Button variant="link" size="text" aria-label={t("trail.onlyFrom", { ip })} onClick={() => narrow({ q: ip })}>
        <Ltr>{ip}</Ltr>
      </Button>
    );
  const subject = ({ subject_type, subject_id }: AuditLine) => {
    const kind = t([`auditSubject.${subject_type}`, "auditSubject.other"], { kind: subject_type });
    if (!subject_id) return <Badge>{kind}</Badge>;
    return (
      <Button variant="link" size="text" title={subject_id} aria-label={t("trail.onlySubject", { kind, id: subject_id })} onClick={() => narrow({ q: subject_id })}>
        {kind}
        {/* The first half of an id is its time; its end tells it from its neighbours. */}
        <Ltr className="tabular text-xs text-muted-foreground">…{subject_id.slice(-6)}</Ltr>
      </Button>
    );
  };
  return [
    column.accessor("action", {
      header: t("trail.what"),
      cell: ({ row: { original: line } }) => (
        <RowTitle
          sub={<Changes data={line.data} />}
          phone={
            <>
              {who(line)}
              {subject(line)}
              <Time at={line.at} />
              <span className="basis-full">
                <Changes data={line.data} />
              </span>
            </>
          }
        >
          {actionName(t, line.action)}
        </RowTitle>
      ),
    }),
    column.display({
      id: "subject",
      header: t("trail.kind"),
      meta: { className: "hidden md:table-cell w-48", name: t("trail.kind") },
      cell: ({ row }) => subject(row.original),
    }),
    column.display({
      id: "who",
      header: t("trail.who"),
      meta: { className: "hidden sm:table-cell w-48", name: t("trail.who") },
      cell: ({ row }) => who(row.original),
    }),
    column.accessor("ip", {
      header: t("trail.place"),
      meta: { className: "hidden lg:table-cell w-36", name: t("trail.place") },
      cell: ({ getValue }) => place(getValue()),
    }),
    column.accessor("at", {
      header: t("trail.when"),
      meta: { className: "hidden sm:table-cell w-36", name: t("trail.when") },
      cell: ({ getValue }) => <Time at={getValue()} className="text-muted-foreground" />,
    }),
  ] as ColumnDef<AuditLine, never>[];
}

/** What one did oneself: who it was needs no column, and nothing narrows the list to another's lines. */
export function ownColumns(t: TFunction): ColumnDef<AuditLine, never>[] {
  const subject = ({ subject_type, subject_id }: AuditLine) => {
    const kind = t([`auditSubject.${subject_type}`, "auditSubject.other"], { kind: subject_type });
    if (subject_type !== "ticket" || !subject_id) return <Badge>{kind}</Badge>;
    return (
      <Link to={`/t/${subject_id}`} className="inline-flex min-h-[24px] min-w-[24px] items-center underline underline-offset-2">
        {kind}
      </Link>
    );
  };
  const place = (ip: string | null) => ip && <Ltr>{ip}</Ltr>;
  return [
    column.accessor("action", {
      header: t("trail.what"),
      cell: ({ row: { original: line } }) => (
        <RowTitle
          sub={<Changes data={line.data} />}
          phone={
            <>
              {subject(line)}
              {place(line.ip)}
              <Time at={line.at} />
              <span className="basis-full">
                <Changes data={line.data} />
              </span>
            </>
          }
        >
          {actionName(t, line.action)}
        </RowTitle>
      ),
    }),
    column.display({
      id: "subject",
      header: t("trail.kind"),
      meta: { className: "hidden md:table-cell w-48", name: t("trail.kind") },
      cell: ({ row }) => subject(row.original),
    }),
    column.accessor("ip", {
      header: t("trail.place"),
      meta: { className: "hidden lg:table-cell w-36", name: t("trail.place") },
      cell: ({ getValue }) => place(getValue()),
    }),
    column.accessor("at", {
      header: t("trail.when"),
      meta: { className: "hidden sm:table-cell w-36", name: t("trail.when") },
      cell: ({ getValue }) => <Time at={getValue()} className="text-muted-foreground" />,
    }),
  ] as ColumnDef<AuditLine, never>[];
}
