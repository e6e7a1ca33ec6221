import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { toastError } from "@/components/toast-error";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useMay } from "@/features/shell/use-user";
import { Heading } from "./components/customer-heading";
import { Identity } from "./components/identity";
import { Members } from "./components/members";
import { Notes } from "./components/notes";
import { Overview, allows } from "./components/overview";
import { ProjectsTab } from "./components/projects-tab";
import { ReasonDialog } from "./components/reason-dialog";
import { Timeline } from "./components/timeline";
import { useCustomer, useDeleteCustomer, useMoveCustomer, useRestoreCustomer, type Customer, type Status } from "./data/queries";

// Tables come with the tabs that hold them.
const Documents = lazy(async () => ({ default: (await import("./components/documents")).Documents }));
const Security = lazy(async () => ({ default: (await import("./components/security")).Security }));

export function CustomerPage() {
  const { id = "" } = useParams();
  const customer = useCustomer(id);
  if (customer.isPending) return <Skeleton className="m-6 h-96" />;
  if (!customer.data) return <ErrorState page list="/desk/customers" error={customer.error} onRetry={() => void customer.refetch()} />;
  return <StaffView customer={customer.data} reload={async () => (await customer.refetch()).data} />;
}

function StaffView({ customer, reload }: { customer: Customer; reload: () => Promise<Customer | undefined> }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [notes, documents, identity, manage] = [useMay("notes.view"), useMay("documents.view"), useMay("kyc.view"), useMay("documents.manage")];
  const projects = { view: useMay("projects.view"), create: useMay("projects.create"), edit: useMay("projects.edit") };
  const tab = search.get("tab") ?? "overview";
  return (
    <Page
      title={customer.name}
      heading={<Heading customer={customer} />}
      back={{ to: "/desk/customers", label: t("customer.back") }}
      actions={<Actions customer={customer} />}
      width="wide"
    >
      {customer.deleted_at && <Alert tone="warning" title={t("customer.deletedText")} />}
      <Tabs value={tab} onValueChange={(next) => setSearch({ tab: next }, { replace: true })}>
        <TabsList aria-label={customer.name}>
          <TabsTrigger value="overview">{t("customer.overview")}</TabsTrigger>
          <TabsTrigger value="timeline">{t("customer.timeline")}</TabsTrigger>
          {identity && <TabsTrigger value="identity">{t("identity.title")}</TabsTrigger>}
          {notes && <TabsTrigger value="notes">{t("customer.notes")}</TabsTrigger>}
          {documents && <TabsTrigger value="documents">{t("customer.documents")}</TabsTrigger>}
          <TabsTrigger value="members">{t("customer.members")}</TabsTrigger>
          {projects.view && <TabsTrigger value="projects">{t("project.list")}</TabsTrigger>}
          <TabsTrigger value="security">{t("customer.security")}</TabsTrigger>
        </TabsList>
        <TabsContent value="overview">
          <Overview customer={customer} reload={reload} home="/desk/customers" staff />
        </TabsContent>
        <TabsContent value="timeline">
          <Timeline id={customer.id} />
        </TabsContent>
        {identity && (
          <TabsContent value="identity">
            <Identity id={customer.id} staff />
          </TabsContent>
        )}
        {notes && (
          <TabsContent value="notes">
            <Notes id={customer.id} />
          </TabsContent>
        )}
        {documents && (
          <TabsContent value="documents">
            <Suspense fallback={<ListSkeleton />}>
              <Documents id={customer.id} add={manage} manage={manage} />
            </Suspense>
          </TabsContent>
        )}
        <TabsContent value="members">
          <Members customer={customer} staff />
        </TabsContent>
        {projects.view && (
          <TabsContent value="projects">
            <ProjectsTab customer={customer.id} create={projects.create && !customer.deleted_at} manage={projects.edit && !customer.deleted_at} tickets="/desk/tickets" />
          </TabsContent>
        )}
        <TabsContent value="security">
          <Suspense fallback={<ListSkeleton />}>
            <Security id={customer.id} />
          </Suspense>
        </TabsContent>
      </Tabs>
    </Page>
  );
}

function Actions({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const move = useMoveCustomer(customer);
  const remove = useDeleteCustomer(customer);
  const restore = useRestoreCustomer(customer);
  const [to, setTo] = useState<Status | null>(null);
  const [leaving, setLeaving] = useState(false);
  const moves = customer.allowed_actions.filter((action) => action.action === "transition" && action.allowed && action.to);
  return (
    <>
      {moves.map((action) => (
        <Button
          key={action.to}
          busy={move.isPending && to === null && action.requires.length === 0}
          onClick={() => (action.requires.includes("reason") ? setTo(action.to!) : move.mutate({ to: action.to! }, { onError: toastError }))}
        >
          {t(`customerMove.${action.to}`)}
        </Button>
      ))}
      {allows(customer, "delete") && <Button onClick={() => setLeaving(true)}>{t("common.delete")}</Button>}
      {allows(customer, "restore") && (
        <Button variant="primary" busy={restore.isPending} onClick={() => restore.mutate(undefined as never)}>
          {t("customer.restore")}
        </Button>
      )}
      {to && (
        <ReasonDialog
          title={t(`customerMove.${to}`)}
          hint={t("customer.reasonHint")}
          confirm={t(`customerMove.${to}`)}
          danger={to === "suspended" || to === "inactive"}
          save={(reason) => move.mutateAsync({ to, reason })}
          onClose={() => setTo(null)}
        />
      )}
      <ConfirmDialog
        open={leaving}
        title={t("customer.deleteTitle", { name: customer.name })}
        description={t("customer.deleteText")}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(false)}
        onConfirm={() => remove.mutate(undefined as never, { onSuccess: () => void navigate("/desk/customers") })}
      />
    </>
  );
}
