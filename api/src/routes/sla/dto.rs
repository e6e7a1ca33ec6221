//! Service levels as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    customer,
    sla::{CalendarSpec, Escalation, Holiday, Kind, Pause, PolicySpec, Recipient, Slot, Targets},
    ticket::Priority,
};
use serde::{Deserialize, Serialize};
use store::sla::{Calendar, Policy};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::{ApiResult, Problem},
    routes::{
        customers::{KindDto, TierDto},
        tickets::{Named, PriorityDto},
    },
};

own_words! {
    /// Which promise.
    ClockKind of Kind {
        /// Until somebody answers first.
        FirstResponse,
        /// Until each later message is answered.
        NextResponse,
        /// Until it is resolved.
        Resolution,
    }
}

/// A stretch of a local day in minutes since midnight; `to` at or before `from` goes on over midnight.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotDto {
    /// First minute.
    #[schema(maximum = 1439)]
    from: u16,
    /// Minute after the last one; 1440 is the end of the day.
    #[schema(maximum = 1440)]
    to: u16,
}

/// A day with hours of its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayDto {
    /// The day.
    date: NaiveDate,
    /// The same day of every year.
    #[serde(default)]
    yearly: bool,
    /// What it is called.
    #[schema(max_length = 80)]
    name: String,
    /// Hours of that day; none = closed.
    #[serde(default)]
    slots: Vec<SlotDto>,
}

/// A calendar as given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarInput {
    /// Name.
    #[schema(max_length = 80)]
    name: String,
    /// IANA name of the zone, such as `Africa/Algiers`.
    zone: String,
    /// Hours of Monday to Sunday.
    #[schema(min_items = 7, max_items = 7)]
    week: Vec<Vec<SlotDto>>,
    /// Days with hours of their own.
    #[serde(default)]
    holidays: Vec<HolidayDto>,
}

/// A calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlaCalendar {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// IANA name of the zone.
    zone: String,
    /// Hours of Monday to Sunday.
    week: Vec<Vec<SlotDto>>,
    /// Days with hours of their own.
    holidays: Vec<HolidayDto>,
    /// Counts the versions of the hours.
    number: i32,
    /// Policies that use it.
    policies: i64,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
    /// The ETag.
    pub(super) version: i32,
}

fn slots_in(slots: Vec<SlotDto>) -> Vec<Slot> {
    let own = |slot: SlotDto| Slot {
        from: slot.from,
        to: slot.to,
    };
    slots.into_iter().map(own).collect()
}

fn slots_out(slots: Vec<Slot>) -> Vec<SlotDto> {
    let own = |slot: Slot| SlotDto {
        from: slot.from,
        to: slot.to,
    };
    slots.into_iter().map(own).collect()
}

impl CalendarInput {
    pub(super) fn draft(self) -> ApiResult<app::sla::CalendarDraft> {
        let week: Vec<Vec<Slot>> = self.week.into_iter().map(slots_in).collect();
        let week = <[Vec<Slot>; 7]>::try_from(week)
            .map_err(|_| Problem::invalid("/week", "bad_hours", "a week has seven days"))?;
        let holiday = |day: HolidayDto| Holiday {
            date: day.date,
            yearly: day.yearly,
            name: day.name,
            slots: slots_in(day.slots),
        };
        Ok(app::sla::CalendarDraft {
            name: self.name,
            spec: CalendarSpec {
                zone: self.zone,
                week,
                holidays: self.holidays.into_iter().map(holiday).collect(),
            },
        })
    }
}

impl SlaCalendar {
    pub(super) fn of(row: Calendar) -> ApiResult<Self> {
        let spec: CalendarSpec = read(row.spec)?;
        let holiday = |day: Holiday| HolidayDto {
            date: day.date,
            yearly: day.yearly,
            name: day.name,
            slots: slots_out(day.slots),
        };
        Ok(Self {
            id: row.id,
            name: row.name,
            zone: spec.zone,
            week: spec.week.into_iter().map(slots_out).collect(),
            holidays: spec.holidays.into_iter().map(holiday).collect(),
            number: row.number,
            policies: row.policies,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(spec: serde_json::Value) -> ApiResult<T> {
    let read = serde_json::from_value(spec);
    Ok(read.map_err(|error| app::AppError::Internal(error.to_string()))?)
}

/// What is promised for one priority: seconds of business time; `null` = nothing.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetsDto {
    /// Until somebody answers first.
    first_response: Option<i64>,
    /// Until each later message is answered.
    next_response: Option<i64>,
    /// Until it is resolved.
    resolution: Option<i64>,
}

impl From<TargetsDto> for Targets {
    fn from(dto: TargetsDto) -> Self {
        Self {
            first_response: dto.first_response,
            next_response: dto.next_response,
            resolution: dto.resolution,
        }
    }
}

impl From<Targets> for TargetsDto {
    fn from(own: Targets) -> Self {
        Self {
            first_response: own.first_response,
            next_response: own.next_response,
            resolution: own.resolution,
        }
    }
}

/// Promises by priority.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetsByPriority {
    /// Can wait.
    low: TargetsDto,
    /// The usual.
    medium: TargetsDto,
    /// Before the usual.
    high: TargetsDto,
    /// Now.
    urgent: TargetsDto,
}

/// A link of the chain.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationDto {
    /// Which promise.
    clock: ClockKind,
    /// Seconds of business time after it was due.
    after: i64,
    /// Tells whoever the ticket is assigned to.
    #[serde(default)]
    notify_assignee: bool,
    /// Tells these people.
    #[serde(default)]
    notify: Vec<Uuid>,
    /// Notification groups that are told.
    #[serde(default)]
    #[schema(max_items = 20)]
    notify_groups: Vec<Uuid>,
    /// Raises the priority to this one.
    #[serde(default)]
    priority: Option<PriorityDto>,
    /// Hands the ticket to this group.
    #[serde(default)]
    group_id: Option<Uuid>,
}

/// What a policy promises, and to which tickets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromisesDto {
    /// Only tickets of these priorities; none = all.
    #[serde(default)]
    priorities: Vec<PriorityDto>,
    /// Only tickets of these groups; none = all.
    #[serde(default)]
    groups: Vec<Uuid>,
    /// Only tickets of these categories and those below them; none = all.
    #[serde(default)]
    categories: Vec<Uuid>,
    /// Only tickets of such customers; none = all.
    #[serde(default)]
    customer_kinds: Vec<KindDto>,
    /// Only tickets of customers of these tiers; none = all.
    #[serde(default)]
    customer_tiers: Vec<TierDto>,
    /// Promises.
    targets: TargetsByPriority,
    /// The resolution stands still while the ticket is on hold.
    pause_on_hold: bool,
    /// The resolution stands still while the ticket is answered.
    pause_answered: bool,
    /// Percent of a target at which is warned, ascending.
    warnings: Vec<u8>,
    /// What follows a broken promise.
    #[serde(default)]
    escalations: Vec<EscalationDto>,
}

/// A policy as given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyInput {
    /// Name.
    #[schema(max_length = 80)]
    name: String,
    /// Takes new tickets.
    enabled: bool,
    /// Calendar.
    calendar_id: Uuid,
    /// Promises.
    promises: PromisesDto,
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlaPolicy {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Takes new tickets.
    enabled: bool,
    /// Takes what no other took; the last one, always there.
    fallback: bool,
    /// Calendar.
    calendar_id: Uuid,
    /// Its name.
    calendar_name: String,
    /// Counts the versions of the promises.
    number: i32,
    /// Promises.
    promises: PromisesDto,
    /// Policies asked before it that take all that it would take: no ticket falls under it. Empty when one may, and while it is off.
    taken_by: Vec<Named>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
    /// The ETag.
    pub(super) version: i32,
}

impl From<PolicyInput> for app::sla::PolicyDraft {
    fn from(dto: PolicyInput) -> Self {
        let p = dto.promises;
        let link = |link: EscalationDto| Escalation {
            clock: link.clock.into(),
            after: link.after,
            notify: Some(Recipient::Assignee)
                .filter(|_| link.notify_assignee)
                .into_iter()
                .chain(link.notify.into_iter().map(Recipient::User))
                .chain(link.notify_groups.into_iter().map(Recipient::NotificationGroup))
                .collect(),
            priority: link.priority.map(Priority::from),
            group_id: link.group_id,
        };
        let kind = |kind: KindDto| customer::Kind::from(kind).as_str().to_owned();
        let t = p.targets;
        Self {
            name: dto.name,
            enabled: dto.enabled,
            calendar_id: dto.calendar_id,
            spec: PolicySpec {
                priorities: p.priorities.into_iter().map(Priority::from).collect(),
                groups: p.groups,
                categories: p.categories,
                customer_kinds: p.customer_kinds.into_iter().map(kind).collect(),
                customer_tiers: p.customer_tiers.into_iter().map(Into::into).collect(),
                targets: [t.low, t.medium, t.high, t.urgent].map(Targets::from),
                pause: Pause {
                    on_hold: p.pause_on_hold,
                    answered: p.pause_answered,
                },
                warnings: p.warnings,
                escalations: p.escalations.into_iter().map(link).collect(),
            },
        }
    }
}

impl SlaPolicy {
    pub(super) fn of(row: Policy, taken_by: Vec<(Uuid, String)>) -> ApiResult<Self> {
        let spec: PolicySpec = read(row.spec)?;
        let [low, medium, high, urgent] = spec.targets.map(TargetsDto::from);
        let link = |link: Escalation| EscalationDto {
            clock: link.clock.into(),
            after: link.after,
            notify_assignee: link.notify.contains(&Recipient::Assignee),
            notify: link
                .notify
                .iter()
                .filter_map(|who| match who {
                    Recipient::User(id) => Some(*id),
                    Recipient::Assignee | Recipient::NotificationGroup(_) => None,
                })
                .collect(),
            notify_groups: link
                .notify
                .iter()
                .filter_map(|who| match who {
                    Recipient::NotificationGroup(id) => Some(*id),
                    Recipient::Assignee | Recipient::User(_) => None,
                })
                .collect(),
            priority: link.priority.map(PriorityDto::from),
            group_id: link.group_id,
        };
        Ok(Self {
            id: row.id,
            name: row.name,
            enabled: row.enabled,
            fallback: row.fallback,
            calendar_id: row.calendar_id,
            calendar_name: row.calendar_name,
            number: row.number,
            promises: PromisesDto {
                priorities: spec.priorities.into_iter().map(PriorityDto::from).collect(),
                groups: spec.groups,
                categories: spec.categories,
                customer_kinds: spec
                    .customer_kinds
                    .iter()
                    .filter_map(|kind| kind.parse().ok().map(|kind: customer::Kind| kind.into()))
                    .collect(),
                customer_tiers: spec.customer_tiers.into_iter().map(Into::into).collect(),
                targets: TargetsByPriority {
                    low,
                    medium,
                    high,
                    urgent,
                },
                pause_on_hold: spec.pause.on_hold,
                pause_answered: spec.pause.answered,
                warnings: spec.warnings,
                escalations: spec.escalations.into_iter().map(link).collect(),
            },
            taken_by: taken_by.into_iter().map(|(id, name)| Named { id, name }).collect(),
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
