import type { Finding, Spec } from "@/features/automation/data/spec";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** The same object with some members told more exactly than the document does. */
type Exactly<T, M> = Omit<T, keyof M> & M;

// One place that knows the generated names, so that a rename on the server is mended here only. The document calls many
// closed sets of words plain strings; here they get their words back, each set with the list that the tests check.
export type Me = Schemas["Me"];
export type Session = Schemas["Session"];
export type Locale = Schemas["Language"];
export type Dashboard = Schemas["DashboardKey"];

export type TicketState = Schemas["StateDto"];
export type Priority = Schemas["PriorityDto"];
export type AllowedAction = Exactly<Schemas["AllowedAction"], { to?: TicketState | null }>;
export type TicketSummary = Exactly<Schemas["TicketSummary"], { state: TicketState; priority: Priority }>;
export type Ticket = Exactly<Schemas["TicketDto"], { state: TicketState; priority: Priority; allowed_actions: AllowedAction[] }>;
export type TicketStatistics = Schemas["TicketStatistics"];
export type StatisticsNumbers = Schemas["StatisticsNumbers"];
export type Durations = Schemas["Durations"];
export type CountedTicket = Schemas["CountedTicket"];
export type TicketSurvey = Schemas["TicketSurvey"];
export type TicketSla = Schemas["TicketSla"];
export type SlaClock = Schemas["ClockDto"];
export type SlaCalendar = Schemas["SlaCalendar"];
export type SlaPolicy = Schemas["SlaPolicy"];
export type SlaCalendarInput = Schemas["CalendarInput"];
export type SlaPolicyInput = Schemas["PolicyInput"];
export type SlaRebind = Schemas["RebindState"];
export type SlaSlot = Schemas["SlotDto"];
export type TicketCounts = Exactly<Schemas["TicketCounts"], { by_state: Partial<Record<TicketState, number>> }>;
export type Attachment = Exactly<Schemas["AttachmentDto"], { state: "checking" | "clean" | "refused" }>;
export type DeliveryState = Schemas["DeliveryState"];
export type Delivery = Schemas["DeliveryDto"];
export type TimelineMessage = Exactly<
  Schemas["MessageDto"],
  { kind: "reply" | "note" | "system"; attachments: Attachment[]; deliveries: Delivery[]; pictures?: MessagePictures | null }
> & { type: "message" };
export type PictureReason = "address" | "redirects" | "kind" | "size" | "total" | "infected" | "missing" | "unreachable" | "timed_out";
export type MessagePicture = Exactly<Schemas["MessagePicture"], { state: "fetched" | "refused" | "failed"; reason: PictureReason | null }>;
export type MessagePictures = Exactly<Schemas["MessagePictures"], { state: "blocked" | "queued" | "done"; items: MessagePicture[] }>;
export type TimelineEvent = Exactly<Schemas["EventDto"], { data: Record<string, unknown> | null }> & { type: "event" };
export type TimelineItem = TimelineMessage | TimelineEvent;
export type Tag = Schemas["Tag"];
export type TagColour = Schemas["TagColour"];
export type Project = Schemas["Project"];
export type ProjectDetail = Schemas["ProjectDetail"];
export type TagStatistics = Schemas["TagStatistics"];
export type MessageTemplateSummary = Schemas["MessageTemplateSummary"];
export type MessageTemplateDetail = Schemas["MessageTemplateDetail"];
export type MessageTemplateText = Schemas["MessageTemplateText"];
export type MessageTemplateInput = Schemas["MessageTemplateInput"];
export type MessageTemplateVersion = Schemas["MessageTemplateVersion"];
export type MessageVariable = Schemas["MessageVariable"];
export type MessageWords = Schemas["MessageWords"];
export type CannedReply = Schemas["CannedReply"];
export type CannedReplyInput = Schemas["CannedReplyInput"];
export type CannedReplyDetail = Schemas["CannedReplyDetail"];
export type CannedReplyOffer = Schemas["CannedReplyOffer"];
export type CannedTexts = Schemas["CannedTexts"];
export type HelpEntry = Schemas["HelpEntry"];
export type HelpArticle = Schemas["HelpArticle"];
export type HelpSection = Schemas["HelpSection"];
export type ArticleState = Schemas["ArticleState"];
export type ArticleVisibility = Schemas["ArticleVisibility"];
export type ArticleInput = Schemas["ArticleInput"];
export type ArticleImage = Schemas["ArticleImage"];
export type ArticleRevision = Schemas["ArticleRevision"];
export type KnowledgeArticle = Schemas["KnowledgeArticle"];
export type ListedArticle = Schemas["ListedArticle"];
export type KnowledgeSection = Schemas["KnowledgeSection"];
export type KnowledgeSectionInput = Schemas["KnowledgeSectionInput"];
export type NewMessage = Schemas["NewMessageDto"];
export type Named = Schemas["Named"];
export type SupportGroup = Schemas["SupportGroupDto"];
export type SupportGroupDetail = Schemas["SupportGroupDetail"];
export type SupportGroupInput = Schemas["SupportGroupInput"];
export type GroupConduct = Schemas["GroupConduct"];
export type GroupMember = Schemas["GroupMember"];
export type WorkloadInput = Schemas["WorkloadInput"];
export type TicketCategory = Schemas["TicketCategory"];
export type TicketCategoryInput = Schemas["TicketCategoryInput"];
export type BulkChange = Partial<Schemas["BulkChangeDto"]>;
export type Reminder = Exactly<Schemas["Reminder"], { ticket_state: TicketState }>;
export type TicketPrint = Exactly<Schemas["TicketPrint"], { state: "queued" | "running" | "ready" | "failed" | "expired" }>;
export type TicketExport = Schemas["TicketExport"];
export type TicketExportRun = Schemas["TicketExportRun"];
export type TicketExportInput = Schemas["TicketExportInput"];
export type TicketBulk = Schemas["BulkDto"];
export type TicketLinkKind = Schemas["TicketLinkKind"];
export type TicketLink = Exactly<Schemas["TicketLinkDto"], { state: TicketState }>;
export type NewTicket = Schemas["NewTicketDto"];
export type HeldDecision = Schemas["JudgementKind"];
export type Upload = Schemas["AttachmentDto"];
export type Agent = Schemas["Agent"];

export type MailState = Schemas["MailState"];
export type MailClass = Schemas["MailClass"];
export type MailSummary = Schemas["MailSummary"];
export type OutgoingMail = Schemas["OutgoingMail"];
export type MailAddress = Schemas["MailAddressDto"];
export type Note = Schemas["NoteDto"];
export type MailJourney = Exactly<Schemas["MailJourney"], { attachments: Attachment[] }>;

export type TlsMode = Schemas["TlsMode"];
export type Imap = Schemas["ImapDto"];
export type Mailbox = Schemas["MailboxDto"];
export type MailboxInput = Schemas["SettingsDto"];
export type MailboxTest = Schemas["MailboxTestDto"];
export type CheckState = Schemas["CheckState"];
export type SpamRule = Schemas["SpamRule"];
export type SpamRuleInput = Schemas["SpamRuleInput"];
export type Suppression = Schemas["SuppressionDto"];

export type UserStatus = "pending" | "active" | "suspended" | "deactivated";
export type User = Exactly<Schemas["UserDto"], { status: UserStatus }>;
export type Factors = Schemas["OwnFactors"];
export type Passkey = Schemas["Passkey"];
export type PasskeyCeremony = Schemas["PasskeyCeremony"];
export type TotpSetup = Schemas["TotpSetup"];
export type PersonalErasure = Exactly<Schemas["PersonalErasure"], { state: "asked" | "withdrawn" | "running" | "done" }>;
export type ErasurePreview = Schemas["ErasurePreview"];
export type PersonalExport = Exactly<Schemas["PersonalExport"], { state: "queued" | "running" | "ready" | "failed" | "expired" }>;
export type Processing = Schemas["ProcessingDto"];
export type RetentionRun = Schemas["RetentionRunDto"];
export type UserSession = Schemas["UserSession"];
export type CodeOnItsWay = Schemas["CodeOnItsWay"];
export type SmsState = Schemas["SmsState"];
export type SmsMessage = Schemas["SmsMessage"];
export type KycPolicy = Schemas["KycPolicy"];
export type KycPolicyInput = Schemas["KycPolicyInput"];
export type SmsBudget = Schemas["SmsBudget"];
export type SmsBudgetInput = Schemas["SmsBudgetInput"];
export type SmsPrice = Schemas["SmsPrice"];
export type NewSmsPrice = Schemas["NewSmsPrice"];
export type SmsSum = Schemas["SmsSum"];
export type LiveSession = Schemas["LiveSession"];
export type OwnSession = Schemas["OwnSession"];
export type LoginOutcome = "success" | "challenge" | "failure" | "blocked";
export type LoginLine = Exactly<Schemas["LoginLine"], { outcome: LoginOutcome }>;
export type JournalLine = Exactly<Schemas["JournalLine"], { outcome: LoginOutcome }>;
export type ApiToken = Schemas["ApiTokenDto"];
export type NewApiToken = Schemas["NewApiTokenDto"];
export type SignOnProvider = Schemas["SignOnProvider"];
export type LinkedAccount = Schemas["LinkedAccount"];
export type SignOnPreset = Schemas["SignOnPreset"];
export type ProviderSettings = Schemas["SignOnProviderSettings"];
export type ProviderInput = Schemas["SignOnSettings"];
export type ProviderTest = Schemas["SignOnTest"];
export type AutomationRule = Exactly<Schemas["AutomationRule"], { spec: Spec }>;
export type AutomationRun = Exactly<Schemas["AutomationRun"], { finding: Finding | null; actions: { do: string; result: string; until?: string }[] | null }>;
export type AutomationSeen = Exactly<Schemas["AutomationSeen"], { finding: Finding }>;
export type AutomationPreview = Exactly<Schemas["AutomationPreview"], { would: AutomationSeen[]; would_not: AutomationSeen[] }>;
export type WebhookEndpoint = Schemas["WebhookEndpoint"];
export type WebhookEndpointSecret = Schemas["WebhookEndpointSecret"];
export type WebhookInput = Schemas["WebhookSettings"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type WebhookDeliveryDetail = Schemas["WebhookDeliveryDetail"];
export type Network = Schemas["Network"];
export type NewNetwork = Schemas["NewNetwork"];
export type AlertSeverity = "critical" | "warning" | "info";
export type SecurityAlert = Exactly<Schemas["AlertDto"], { severity: AlertSeverity; data: Record<string, unknown> }>;
export type Role = Schemas["RoleDto"];
/** What a role is made of; the key is given once. */
export type RoleInput = Required<Omit<Schemas["NewRole"], "description">> & { description: string };
export type PermissionCategory = Schemas["CategoryDto"];
export type Texts = Schemas["TextsDto"];

export type AuditLine = Exactly<Schemas["AuditLine"], { actor_kind: "user" | "mail" | "system" }>;

export type SystemHealth = Schemas["SystemHealth"];
export type HealthLine = Schemas["HealthLine"];
export type HealthLevel = Schemas["HealthLevel"];
export type HealthPart = Schemas["HealthPart"];
export type HealthFinding = Schemas["HealthFinding"];
export type HealthFigureName = Schemas["HealthFigureName"];

export type QueueState = "running" | "paused" | "draining";
export type Queue = Exactly<Schemas["QueueDto"], { state: QueueState }>;
export type JobState = "queued" | "running" | "succeeded" | "dead" | "cancelled";
export type JobSummary = Exactly<Schemas["JobDto"], { state: JobState }>;
export interface JobError {
  at: string;
  attempt: number;
  error: string;
  worker?: string;
}
export type Job = Exactly<Schemas["JobDetailDto"], { state: JobState; errors: JobError[] | null }>;
export type Schedule = Schemas["ScheduleDto"];

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export const TICKET_STATES: readonly TicketState[] = [
  "open",
  "in_progress",
  "answered",
  "waiting_for_response",
  "on_hold",
  "resolved",
  "closed",
];
/** How tickets come. */
export const TICKET_SOURCES = ["mail", "client", "agent", "api"] as const;
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"];
export const MAIL_STATES: readonly MailState[] = ["quarantined", "dead", "received", "processed", "bounce", "duplicate", "dropped"];
export const USER_STATUSES: readonly UserStatus[] = ["active", "pending", "suspended", "deactivated"];
export const LOGIN_OUTCOMES: readonly LoginOutcome[] = ["success", "challenge", "failure", "blocked"];
export const SMS_STATES: readonly SmsState[] = ["queued", "sent", "delivered", "failed", "expired"];
export const WEBHOOK_STATES: readonly WebhookDelivery["state"][] = ["queued", "delivered", "failed"];
export const ALERT_SEVERITIES: readonly AlertSeverity[] = ["critical", "warning", "info"];
export const JOB_STATES: readonly JobState[] = ["queued", "running", "succeeded", "dead", "cancelled"];
export const DELIVERY_STATES = ["queued", "sent", "delivered", "failed", "bounced", "complained", "suppressed"] as const;
export const OUTGOING_KINDS = ["reply", "auto_ack", "rule_reply", "survey", "waiting_reminder", "notification", "account", "too_large"] as const;
/** Why a mail is where it is. */
export const MAIL_REASONS: readonly Schemas["MailReason"][] = ["spam", "flood", "forged_participant", "orphan_auto_reply", "message_too_large", "unreadable", "duplicate", "own_loop", "other_report", "dropped_by_staff", "other"];
export const MAIL_CLASSES = ["human", "auto_reply", "ooo", "bulk", "dsn_failed", "dsn_delayed", "dsn_success", "mdn", "arf", "own_loop"] as const;
