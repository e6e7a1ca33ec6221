import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { GroupMember, SupportGroupDetail } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Figures } from "@/components/ui/figures";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useMay } from "@/features/shell/use-user";
import { useAgents } from "@/lib/use-agents";
import { useFormat } from "@/lib/use-format";
import { useSetMembers, useSupportGroup } from "./data";
import { GroupDialog } from "./group-dialog";
import { WorkloadDialog } from "./workload-dialog";

const BACK = "/desk/groups";

export function GroupPage() {
  const { id = "" } = useParams();
  const query = useSupportGroup(id);
  if (query.isPending) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  if (!query.data) return <ErrorState page error={query.error} onRetry={() => void query.refetch()} />;
  return <Loaded key={id} group={query.data} reload={async () => (await query.refetch()).data} />;
}

function Loaded({ group, reload }: { group: SupportGroupDetail; reload: () => Promise<SupportGroupDetail | undefined> }) {
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
        {t("groupAdmin.strategy")} : {t(`dealStrategy.${group.strategy}`)}
        {group.members_only && <Badge>{t("groupAdmin.membersOnly")}</Badge>}
        {!group.active && <Badge tone="warning">{t("groupAdmin.retired")}</Badge>}
      </p>
      <Statistics group={group} />
      <Members group={group} />
      {editing && <GroupDialog group={group} reload={reload} onClose={() => setEditing(false)} />}
    </Page>
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
            {t(`groupAdmin.${key}`)} : {t(`groupAdmin.${key}Text`, { n: format.number(answered) })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Members({ group }: { group: SupportGroupDetail }) {
  const { t } = useTranslation();
  const agents = useAgents(group.may_change);
  const set = useSetMembers(group);
  const [chosen, setChosen] = useState("");
  const [asked, setAsked] = useState<GroupMember | null>(null);
  const people = group.people;
  const send = (members: { id: string; lead: boolean }[]) => set.mutate(members.map(({ id, lead }) => ({ id, lead })), { onError: toastError });
  const others = agents.filter((agent) => !people.some(({ id }) => id === agent.id));
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
        {group.may_change && (
          <form
            className="flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              send([...people, { id: chosen, lead: false }]);
              setChosen("");
            }}
          >
            <Field label={t("groupAdmin.addMember")} className="min-w-0 flex-1 sm:max-w-xs">
              {(control) => (
                <Select {...control} value={chosen} onChange={(event) => setChosen(event.target.value)}>
                  <option value="">{t("groupAdmin.choose")}</option>
                  {others.map((agent) => (
                    <option key={agent.id} value={agent.id}>
                      {agent.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Button type="submit" busy={set.isPending} disabled={chosen === ""}>
              {t("groupAdmin.add")}
            </Button>
          </form>
        )}
        {asked && <WorkloadDialog member={asked} onClose={() => setAsked(null)} />}
      </div>
    </Section>
  );
}

/** How much somebody has to do, of how much he takes. */
function Load({ member }: { member: GroupMember }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    t("groupAdmin.load", { here: format.number(member.open_here), all: format.number(member.open) }),
    member.capacity !== null && t("groupAdmin.capacityOf", { n: format.number(member.capacity) }),
    member.skills.length > 0 && t("groupAdmin.knows", { skills: member.skills.join(", ") }),
  ].filter(Boolean);
  return <span className="tabular text-xs text-muted-foreground">{parts.join(" · ")}</span>;
}

function Actions({ member, busy, onLead, onRemove, onWorkload }: { member: GroupMember; busy: boolean; onLead: () => void; onRemove: () => void; onWorkload: () => void }) {
  const { t } = useTranslation();
  const edit = useMay("groups.edit");
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="sm" disabled={busy} aria-label={t("groupAdmin.actionsFor", { name: member.name })}>
          {t("groupAdmin.actions")}
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        {edit && <MenuItem onSelect={onWorkload}>{t("groupAdmin.workload")}</MenuItem>}
        <MenuItem onSelect={onLead}>{t(member.lead ? "groupAdmin.noLead" : "groupAdmin.makeLead")}</MenuItem>
        <MenuItem danger onSelect={onRemove}>
          {t("groupAdmin.remove")}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
