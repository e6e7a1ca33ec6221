import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { z } from "zod";
import type { GroupConduct, GroupMember, SupportGroupDetail } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { SelectField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Dotted, Labelled, Listed } from "@/components/labelled";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Figures } from "@/components/ui/figures";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { after, named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { useAllowed } from "@/lib/use-allowed";
import { useFormat } from "@/lib/use-format";
import { useSetMembers, useSupportGroup } from "./data";
import { GroupDialog } from "./group-dialog";
import { WorkloadDialog } from "./workload-dialog";

const BACK = "/desk/groups";

export function GroupPage() {
  const { id = "" } = useParams();
  const query = useSupportGroup(id);
  if (query.isPending) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  if (!query.data) return <ErrorState page list={BACK} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loaded key={id} group={query.data} reload={async () => (await query.refetch()).data} />;
}

interface LoadedProps {
  group: SupportGroupDetail;
  reload: () => Promise<SupportGroupDetail | undefined>;
}

function Loaded({ group, reload }: LoadedProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  return (
    <Page
      title={group.name}
      back={{ to: BACK, label: t("groupAdmin.back") }}
      description={group.description || undefined}
      actions={
        group.may_change && (
          <Button onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
            {t("groupAdmin.edit")}
          </Button>
        )
      }
    >
      <p className="flex flex-wrap items-center gap-2 text-sm text-muted-foreground">
        <span>
          <Labelled name={t("groupAdmin.strategy")}>{t(`dealStrategy.${group.strategy}`)}</Labelled>
        </span>
        {group.members_only && !group.members_handle && <Badge>{t("groupAdmin.membersOnly")}</Badge>}
        {group.members_handle && <Badge>{t("groupAdmin.membersHandle")}</Badge>}
        {group.survey && <Badge>{t("groupAdmin.surveyAfter", { count: group.survey_delay_hours })}</Badge>}
        <Conduct conduct={group.conduct} />
        {!group.active && <Badge tone="warning">{t("groupAdmin.retired")}</Badge>}
      </p>
      <Statistics group={group} />
      <Members group={group} reload={reload} />
      {editing && <GroupDialog group={group} reload={reload} onClose={() => setEditing(false)} />}
    </Page>
  );
}

/** How it treats customers who do not answer, or write when nobody expects them to. */
function Conduct({ conduct }: { conduct: GroupConduct }) {
  const { t } = useTranslation();
  return (
    <>
      {conduct.remind && <Badge>{t("groupAdmin.remindsOn", { days: conduct.remind_days.join(", ") })}</Badge>}
      {conduct.resolve_after_days !== null && <Badge>{t("groupAdmin.resolvesAfter", { count: conduct.resolve_after_days })}</Badge>}
      {!conduct.reply_ends_hold && <Badge>{t("groupAdmin.keepsHold")}</Badge>}
      {conduct.reopen_window_hours > 0 && <Badge>{t("groupAdmin.reopensWithin", { count: conduct.reopen_window_hours })}</Badge>}
    </>
  );
}

/** The numbers, and what each of them counts. */
function Statistics({ group }: { group: SupportGroupDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { first_response_seconds: seconds, first_response_tickets: answered } = group;
  const list = [
    { key: "open", value: format.number(group.open) },
    { key: "unassigned", value: format.number(group.unassigned), alarm: group.unassigned > 0 && group.strategy !== "off" },
    { key: "breached", value: format.number(group.breached), alarm: group.breached > 0 },
    { key: "median", value: seconds === null ? "–" : format.duration(seconds * 1000) },
  ];
  return (
    <div className="grid gap-2">
      <Figures label={t("groupAdmin.statistics")} list={list.map(({ key, ...rest }) => ({ name: t(`groupAdmin.${key}`), ...rest }))} />
      <ul className="grid gap-0.5 text-xs text-muted-foreground">
        {list.map(({ key }) => (
          <li key={key}>
            <Labelled name={t(`groupAdmin.${key}`)}>{t(`groupAdmin.${key}Text`, { n: format.number(answered) })}</Labelled>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Members({ group, reload }: LoadedProps) {
  const { t } = useTranslation();
  const set = useSetMembers(group.id);
  const [asked, setAsked] = useState<GroupMember | null>(null);
  // Leads say how much the members take; whoever manages groups says who they are.
  const manages = useAllowed("groups.edit");
  const people = group.people;
  const send = (members: { id: string; lead: boolean }[]) => set.mutate({ members, version: group.version });
  return (
    <Section title={t("groupAdmin.members")}>
      <div className="grid gap-4">
        {people.length === 0 && <p className="text-sm text-muted-foreground">{t("groupAdmin.nobody")}</p>}
        {people.length > 0 && (
          <ul className="divide-y" aria-label={t("groupAdmin.members")}>
            {people.map((member) => (
              <li key={member.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-center gap-2">
                    <bdi className="font-medium">{member.name}</bdi>
                    {member.lead && <Badge tone="info">{t("groupAdmin.lead")}</Badge>}
                    {!member.active ? <Badge tone="danger">{t("groupAdmin.inactive")}</Badge> : member.away && <Badge tone="warning">{t("groupAdmin.away")}</Badge>}
                  </span>
                  <Load member={member} />
                </span>
                {group.may_change && (
                  <Actions
                    member={member}
                    busy={set.isPending}
                    onLead={() => send(people.map((one) => (one.id === member.id ? { ...one, lead: !one.lead } : one)))}
                    onRemove={() => send(people.filter((one) => one.id !== member.id))}
                    onWorkload={() => setAsked(member)}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {manages && <AddMember group={group} reload={reload} />}
        {asked && <WorkloadDialog member={people.find(({ id }) => id === asked.id) ?? asked} onClose={() => setAsked(null)} />}
      </div>
    </Section>
  );
}

const newcomer = z.object({ id: z.string().min(1, "field.empty") });

/** Takes one more into the group. */
function AddMember({ group, reload }: LoadedProps) {
  const { t } = useTranslation();
  const agents = useAgents();
  const set = useSetMembers(group.id, true);
  const form = useAppForm<z.infer<typeof newcomer>, SupportGroupDetail>({
    schema: newcomer,
    values: { id: "" },
    present: { version: group.version, reload },
    // Whom it adds to is read with the version: it overwrites nobody's change, and the reader's own ones are no other's.
    save: ({ id }) => set.mutateAsync({ members: [...group.people.filter((one) => one.id !== id), { id, lead: false }], version: group.version }),
    afterwards: () => ({ id: "" }),
    guard: false,
  });
  const others = agents?.filter((agent) => !group.people.some(({ id }) => id === agent.id));
  return (
    <Form form={form} className="gap-2">
      <div className="flex items-end gap-2">
        <SelectField form={form} name="id" label={t("groupAdmin.addMember")} options={after({ value: "", label: t("groupAdmin.choose") }, named(others))} className="min-w-0 flex-1 sm:max-w-xs" />
        <Button type="submit" busy={form.formState.isSubmitting}>
          {t("groupAdmin.add")}
        </Button>
      </div>
    </Form>
  );
}

/** How much somebody has to do, of how much he takes. */
function Load({ member }: { member: GroupMember }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    t("groupAdmin.load", { here: format.number(member.open_here), all: format.number(member.open) }),
    member.capacity !== null && t("groupAdmin.capacityOf", { n: format.number(member.capacity) }),
    member.skills.length > 0 && (
      <Labelled name={t("groupAdmin.skills")}>
        <Listed items={member.skills} />
      </Labelled>
    ),
  ];
  return (
    <span className="tabular text-xs text-muted-foreground">
      <Dotted parts={parts} />
    </span>
  );
}

function Actions({ member, busy, onLead, onRemove, onWorkload }: { member: GroupMember; busy: boolean; onLead: () => void; onRemove: () => void; onWorkload: () => void }) {
  const { t } = useTranslation();
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="sm" disabled={busy} aria-label={t("groupAdmin.actionsFor", { name: member.name })}>
          {t("groupAdmin.actions")}
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuItem onSelect={onWorkload}>{t("groupAdmin.workload")}</MenuItem>
        <MenuItem onSelect={onLead}>{t(member.lead ? "groupAdmin.noLead" : "groupAdmin.makeLead")}</MenuItem>
        <MenuItem danger onSelect={onRemove}>
          {t("groupAdmin.remove")}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
