import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Network as NetworkIcon, Plus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Network } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useFocusAfter } from "@/lib/use-focus-after";
import { useAddNetwork, useNetworks, useRemoveNetwork } from "./data/admin";

const column = createColumnHelper<Network>();
const NONE: Network[] = [];
const SURFACES = ["corporate", "admin"] as const;

/** From where staff may work. */
export function NetworksPage() {
  const { t } = useTranslation();
  const networks = useNetworks();
  const [adding, setAdding] = useState(false);
  const rows = networks.data?.items ?? NONE;
  const list = useRef<HTMLDivElement>(null);
  const leaving = useFocusAfter(rows, list);
  const columns = useMemo(() => {
    const surface = (item: Network) => <Badge tone={item.surface === "admin" ? "violet" : "info"}>{t(`dashboard.${item.surface}`)}</Badge>;
    const added = (item: Network) => (
      <>
        <Time at={item.created_at} />
        {item.created_by && (
          <>
            {" "}
            · <bdi>{item.created_by}</bdi>
          </>
        )}
      </>
    );
    return [
      column.accessor("network", {
        header: t("network.network"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            sub={item.note && <bdi className="truncate">{item.note}</bdi>}
            phone={
              <>
                {surface(item)}
                {item.note && <bdi>{item.note}</bdi>}
                <span>{added(item)}</span>
              </>
            }
          >
            <Mono>{item.network}</Mono>
          </RowTitle>
        ),
      }),
      column.accessor("surface", { header: t("network.surface"), meta: { className: "hidden sm:table-cell w-48" }, cell: ({ row }) => surface(row.original) }),
      column.accessor("created_at", { header: t("network.added"), meta: { className: "hidden sm:table-cell w-64" }, cell: ({ row }) => added(row.original) }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-32 text-end" },
        cell: ({ row }) => <Remove network={row.original} onRemove={() => leaving(row.original)} />,
      }),
    ] as ColumnDef<Network, never>[];
  }, [t, leaving]);
  const table = useDataTable({ name: "networks", rows, columns, rowId: (item) => item.id });
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      {t("network.add")}
    </Button>
  );
  const address = networks.data?.your_address;
  return (
    <Page title={t("nav.networks")} description={t("network.text")} actions={rows.length > 0 && add}>
      {address && (
        <p className="text-sm text-muted-foreground">
          {t("network.yourAddress")} <Mono className="select-all">{address}</Mono>
        </p>
      )}
      <div ref={list} tabIndex={-1} className="outline-none">
        <DataList table={table} query={networks} label={t("nav.networks")} empty={{ icon: NetworkIcon, title: t("network.none"), text: t("network.noneText"), action: add }} expected={3} />
      </div>
      {adding && <AddDialog address={address ?? null} onClose={() => setAdding(false)} />}
    </Page>
  );
}

const schema = z.object({ surface: z.enum(SURFACES), network: z.string().trim().min(1, "field.empty"), note: z.string().trim().max(200, "field.invalid_note") });

function AddDialog({ address, onClose }: { address: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddNetwork();
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { surface: "corporate", network: "", note: "" },
    save: (values, { key }) => add.mutateAsync({ ...values, key }),
    onSaved: () => {
      toast({ tone: "success", title: t("network.addedDone") });
      onClose();
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("network.add")} description={t("network.addText")} confirm={t("network.add")} onClose={onClose}>
      <SelectField form={form} name="surface" label={t("network.surface")} options={SURFACES.map((value) => ({ value, label: t(`dashboard.${value}`) }))} />
      <TextField form={form} name="network" label={t("network.network")} hint={t("network.networkHint")} required dir="ltr" autoComplete="off" spellCheck={false} data-autofocus />
      {address && (
        <p className="-mt-2 text-xs text-muted-foreground">
          {t("network.yourAddress")} <Mono className="select-all">{address}</Mono>
        </p>
      )}
      <TextField form={form} name="note" label={t("network.note")} hint={t("network.noteHint")} autoComplete="off" />
    </FormDialog>
  );
}

function Remove({ network, onRemove }: { network: Network; onRemove: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveNetwork();
  return (
    <DeleteButton
      size="sm"
      title={t("network.removeTitle", { network: network.network })}
      text={t("network.removeText")}
      remove={() => {
        onRemove();
        return remove.mutateAsync(network.id);
      }}
      onDone={() => toast({ tone: "success", title: t("network.removed") })}
    />
  );
}
