import { Building2, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useDataTable } from "@/components/ui/use-data-table";
import { customerColumns, HIDDEN_COLUMNS } from "./components/customer-columns";
import { Documents } from "./components/documents";
import { Identity } from "./components/identity";
import { Members } from "./components/members";
import { Overview } from "./components/overview";
import { ProjectsTab } from "./components/projects-tab";
import { leads as leadsHim, LedRenewalDue, RenewalDue } from "./components/renewal-due";
import { Heading } from "./components/customer-heading";
import { useCustomer, useCustomers, type Customer } from "./data/queries";

/** The persons and companies that somebody acts for. */
export function MyAccountsPage() {
  const { t } = useTranslation();
  const { query, rows } = useCustomers();
  const columns = useMemo(() => customerColumns(t, "/client/account", false), [t]);
  const table = useDataTable({ name: "my-accounts", rows, columns, rowId: (customer) => customer.id, hidden: HIDDEN_COLUMNS });
  // Whoever acts for many has a look at each of them.
  const verified = (rows.length <= 5 ? rows : []).filter(({ kyc_state }) => kyc_state === "approved");
  const create = (
    <Button asChild variant="primary">
      <Link to="/client/account/new">
        <Plus aria-hidden />
        {t("customer.newOwn")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.myAccount")} description={t("customer.ownText")} actions={create}>
      {verified.map(({ id, name }) => (
        <LedRenewalDue key={id} id={id} name={name} />
      ))}
      <DataList
        table={table}
        query={query}
        label={t("nav.myAccount")}
        empty={{ icon: Building2, title: t("customer.noneOwn"), text: t("customer.newOwnText"), action: create }}
        expected={3}
        href={(customer) => `/client/account/${customer.id}`}
      />
    </Page>
  );
}

export function MyAccountPage() {
  const { id = "" } = useParams();
  const customer = useCustomer(id);
  if (customer.isPending) return <Skeleton className="m-6 h-96" />;
  if (!customer.data) return <ErrorState page list="/client/account" error={customer.error} onRetry={() => void customer.refetch()} />;
  return <MemberView customer={customer.data} reload={async () => (await customer.refetch()).data} />;
}

function MemberView({ customer, reload }: { customer: Customer; reload: () => Promise<Customer | undefined> }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const leads = leadsHim(customer);
  const tab = search.get("tab") ?? "overview";
  const files = leads || customer.my_role === "billing";
  return (
    <Page title={customer.name} heading={<Heading customer={customer} />} back={{ to: "/client/account", label: t("customer.backOwn") }}>
      {leads && tab !== "identity" && <RenewalDue id={customer.id} />}
      <Tabs value={tab} onValueChange={(tab) => setSearch({ tab }, { replace: true })}>
        <TabsList aria-label={customer.name}>
          <TabsTrigger value="overview">{t("customer.overview")}</TabsTrigger>
          {leads && <TabsTrigger value="identity">{t("identity.title")}</TabsTrigger>}
          {files && <TabsTrigger value="documents">{t("customer.documents")}</TabsTrigger>}
          <TabsTrigger value="members">{t("customer.members")}</TabsTrigger>
          <TabsTrigger value="projects">{t("project.list")}</TabsTrigger>
        </TabsList>
        <TabsContent value="overview">
          <Overview customer={customer} reload={reload} home="/client/account" staff={false} />
        </TabsContent>
        {leads && (
          <TabsContent value="identity">
            <Identity id={customer.id} staff={false} />
          </TabsContent>
        )}
        {files && (
          <TabsContent value="documents">
            <Documents id={customer.id} add manage={false} />
          </TabsContent>
        )}
        <TabsContent value="members">
          <Members customer={customer} staff={false} />
        </TabsContent>
        <TabsContent value="projects">
          <ProjectsTab customer={customer.id} create={leads} manage={leads} tickets="/client/tickets" />
        </TabsContent>
      </Tabs>
    </Page>
  );
}
