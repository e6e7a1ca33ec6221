import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PRIORITIES, TICKET_STATES, type Priority, type TicketState } from "@/api/types";
import { Pick, Several } from "@/components/form/choices";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { useNotificationGroups } from "@/features/notifications/data";
import { useMay } from "@/features/shell/use-user";
import { after, named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { choices, useCategories } from "@/lib/use-categories";
import { useCustomTemplates } from "@/features/templates/custom-data";
import { ACTIONS, newAction, type Action } from "../data/spec";
import { Line, Lines } from "./parts";
import { WaitFields } from "./wait-fields";

interface ActionEditorProps {
  value: Action;
  groups: readonly { id: string; name: string }[] | undefined;
  onChange: (value: Action) => void;
  onRemove?: () => void;
}

/** One thing that a rule does. */
export function ActionEditor({ value, groups, onChange, onRemove }: ActionEditorProps) {
  const { t } = useTranslation();
  const agents = useAgents(useMay("tickets.view"));
  const categories = useCategories();
  const told = useNotificationGroups(value.do === "notify");
  const templates = useCustomTemplates(value.do === "notify" || value.do === "reply");
  const speaking = (category: "customers" | "staff", channel: "mail" | "sms") => named(templates.data?.filter((each) => each.category === category && each.channel === channel));
  return (
    <div role="group" aria-label={t("rule.action")} className="grid gap-3 rounded-lg border p-3">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Pick label={t("rule.action")} value={value.do} options={ACTIONS.map((each) => ({ value: each, label: t(`ruleAction.${each}`) }))} onChange={(kind) => onChange(newAction(kind as Action["do"]))} />
        </div>
        {onRemove && (
          <Button variant="ghost" size="icon" aria-label={t("rule.remove")} onClick={onRemove}>
            <Trash2 aria-hidden />
          </Button>
        )}
      </div>
      {value.do === "assign" && (
        <Pick
          label={t("rule.agent")}
          value={value.user_id ?? ""}
          options={after({ value: "", label: t("rule.nobody") }, named(agents))}
          onChange={(id) => onChange({ do: "assign", user_id: id || null })}
        />
      )}
      {value.do === "group" && (
        <Pick
          label={t("rule.group")}
          value={value.group_id}
          options={after({ value: "", label: t("rule.choose") }, named(groups))}
          onChange={(id) => onChange({ do: "group", group_id: id })}
        />
      )}
      {value.do === "category" && (
        <Pick
          label={t("rule.category")}
          value={value.category_id}
          options={after({ value: "", label: t("rule.choose") }, choices(categories, value.category_id))}
          onChange={(id) => onChange({ do: "category", category_id: id })}
        />
      )}
      {value.do === "state" && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Pick label={t("rule.state")} value={value.to} options={TICKET_STATES.map((state) => ({ value: state, label: t(`ticketState.${state}`) }))} onChange={(to) => onChange({ ...value, to: to as TicketState })} />
          <Line label={t("common.reason")} value={value.reason ?? ""} onChange={(reason) => onChange({ ...value, reason: reason || null })} />
        </div>
      )}
      {value.do === "priority" && (
        <Pick label={t("rule.priority")} value={value.to} options={PRIORITIES.map((each) => ({ value: each, label: t(`priority.${each}`) }))} onChange={(to) => onChange({ do: "priority", to: to as Priority })} />
      )}
      {(value.do === "add_tag" || value.do === "remove_tag") && <Line label={t("rule.tag")} value={value.tag} onChange={(tag) => onChange({ ...value, tag })} />}
      {value.do === "reply" && (
        <Pick
          label={t("rule.template")}
          value={value.template_id ?? ""}
          options={after({ value: "", label: t("rule.ownText") }, speaking("customers", "mail"))}
          onChange={(id) => onChange(id ? { do: "reply", template_id: id } : { do: "reply", body: value.body ?? "" })}
        />
      )}
      {(value.do === "note" || (value.do === "reply" && !value.template_id)) && <Lines label={t("rule.body")} value={value.body ?? ""} onChange={(body) => onChange({ ...value, body })} />}
      {value.do === "wait" && <WaitFields value={value} groups={groups} onChange={onChange} />}
      {value.do === "notify" && (
        <>
          <label className="flex min-h-8 items-center gap-2 text-sm">
            <Checkbox checked={value.assignee} onCheckedChange={(on) => onChange({ ...value, assignee: on === true })} />
            {t("rule.assignee")}
          </label>
          <Several label={t("rule.others")} chosen={value.user_ids} options={named(agents)} onChange={(user_ids) => onChange({ ...value, user_ids })} />
          <Several
            label={t("rule.notificationGroups")}
            chosen={value.notification_group_ids ?? []}
            options={named(told.data?.items)}
            onChange={(notification_group_ids) => onChange({ ...value, notification_group_ids })}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            <Pick
              label={t("rule.mailTemplate")}
              value={value.template_id ?? ""}
              options={after({ value: "", label: t("rule.usualWords") }, speaking("staff", "mail"))}
              onChange={(id) => onChange({ ...value, template_id: id || null })}
            />
            <Pick
              label={t("rule.smsTemplate")}
              value={value.sms_template_id ?? ""}
              options={after({ value: "", label: t("rule.usualWords") }, speaking("staff", "sms"))}
              onChange={(id) => onChange({ ...value, sms_template_id: id || null })}
            />
          </div>
        </>
      )}
    </div>
  );
}
