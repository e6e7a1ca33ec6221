//! Customers as the API shows and takes them.

use app::customer::Access;
use chrono::{DateTime, Utc};
use domain::customer::{Draft, Kind, MemberRole, Status, Tier, actions::Action};
use serde::{Deserialize, Serialize};
use store::customer::{Customer, StatusChange, Summary};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::routes::tickets::Named;

/// A person or a company.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerKind)]
pub(crate) enum KindDto {
    Individual,
    Corporate,
}

impl From<KindDto> for Kind {
    fn from(kind: KindDto) -> Self {
        match kind {
            KindDto::Individual => Self::Individual,
            KindDto::Corporate => Self::Corporate,
        }
    }
}

impl From<Kind> for KindDto {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Individual => Self::Individual,
            Kind::Corporate => Self::Corporate,
        }
    }
}

/// What a customer has a right to expect, from the least to the most.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerTier)]
pub(crate) enum TierDto {
    Standard,
    Business,
    Premium,
}

impl From<TierDto> for Tier {
    fn from(tier: TierDto) -> Self {
        match tier {
            TierDto::Standard => Self::Standard,
            TierDto::Business => Self::Business,
            TierDto::Premium => Self::Premium,
        }
    }
}

impl From<Tier> for TierDto {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Standard => Self::Standard,
            Tier::Business => Self::Business,
            Tier::Premium => Self::Premium,
        }
    }
}

/// Where a customer stands.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerStatus)]
pub(super) enum StatusDto {
    Pending,
    Active,
    Suspended,
    Inactive,
}

impl From<StatusDto> for Status {
    fn from(status: StatusDto) -> Self {
        match status {
            StatusDto::Pending => Self::Pending,
            StatusDto::Active => Self::Active,
            StatusDto::Suspended => Self::Suspended,
            StatusDto::Inactive => Self::Inactive,
        }
    }
}

impl From<Status> for StatusDto {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Active => Self::Active,
            Status::Suspended => Self::Suspended,
            Status::Inactive => Self::Inactive,
        }
    }
}

/// What somebody is for a customer.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MemberRole)]
pub(super) enum RoleDto {
    Owner,
    Admin,
    Technical,
    Billing,
    Viewer,
}

impl From<RoleDto> for MemberRole {
    fn from(role: RoleDto) -> Self {
        match role {
            RoleDto::Owner => Self::Owner,
            RoleDto::Admin => Self::Admin,
            RoleDto::Technical => Self::Technical,
            RoleDto::Billing => Self::Billing,
            RoleDto::Viewer => Self::Viewer,
        }
    }
}

impl From<MemberRole> for RoleDto {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Owner => Self::Owner,
            MemberRole::Admin => Self::Admin,
            MemberRole::Technical => Self::Technical,
            MemberRole::Billing => Self::Billing,
            MemberRole::Viewer => Self::Viewer,
        }
    }
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerSummary {
    /// Id.
    id: Uuid,
    /// Number people use.
    number: i64,
    /// `individual` or `corporate`.
    kind: String,
    /// `pending`, `active`, `suspended` or `inactive`.
    status: String,
    /// Verification of identity: `not_started`, `collecting`, `submitted`, `in_review`, `approved`, `rejected`, `more_info`,
    /// `expired` or `revoked`.
    kyc_state: String,
    /// Name for lists.
    name: String,
    /// Address for mail.
    email: String,
    /// Telephone in international form.
    phone: Option<String>,
    /// Tags; empty for members.
    tags: Vec<String>,
    /// Member of staff who looks after him; `null` for members.
    account_manager: Option<Named>,
    /// What he has a right to expect; `null` for members.
    #[schema(required = true)]
    tier: Option<TierDto>,
    /// When he was stored.
    created_at: DateTime<Utc>,
    /// When anything changed last.
    updated_at: DateTime<Utc>,
    /// When he was deleted.
    deleted_at: Option<DateTime<Utc>>,
}

impl CustomerSummary {
    /// As staff (`inside`) or as a member sees him.
    pub(super) fn new(row: Summary, inside: bool) -> Self {
        let manager = row.account_manager_id.zip(row.account_manager_name);
        Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            status: row.status,
            kyc_state: row.kyc_state,
            name: row.name,
            email: row.email,
            phone: row.phone,
            tags: if inside { row.tags } else { Vec::new() },
            account_manager: manager.filter(|_| inside).map(|(id, name)| Named { id, name }),
            tier: row.tier.parse::<Tier>().ok().filter(|_| inside).map(Into::into),
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// Something that may be done with a customer now, or the reason why not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerAction {
    /// `edit`, `edit_contacts`, `handle`, `manage_members`, `delete`, `restore` or `transition`.
    action: String,
    /// Target of a transition.
    to: Option<StatusDto>,
    /// What must come along: `reason`.
    requires: Vec<String>,
    /// It would be accepted now, given what `requires` names.
    allowed: bool,
    /// Stable code of the refusal when it would not.
    why_not: Option<String>,
}

impl From<Action> for CustomerAction {
    fn from(action: Action) -> Self {
        Self {
            action: action.action.to_owned(),
            to: action.to.map(Into::into),
            requires: action.requires.into_iter().map(str::to_owned).collect(),
            allowed: action.allowed,
            why_not: action.why_not.map(str::to_owned),
        }
    }
}

/// A whole customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct CustomerDto {
    /// What lists show.
    #[serde(flatten)]
    summary: CustomerSummary,
    /// First name.
    first_name: Option<String>,
    /// Last name.
    last_name: Option<String>,
    /// Name of the company.
    company_name: Option<String>,
    /// Legal form, such as SARL.
    legal_form: Option<String>,
    /// Web site.
    website: Option<String>,
    /// Language: `fr`, `en` or `ar`.
    locale: String,
    /// Tax identification number.
    nif: Option<String>,
    /// Statistical identification number.
    nis: Option<String>,
    /// Trade register.
    rc: Option<String>,
    /// Article of taxation.
    ai: Option<String>,
    /// Bank account.
    rib: Option<String>,
    /// Last four digits of the national identification number.
    nin_last4: Option<String>,
    /// `staff`, `client` or `import`.
    source: String,
    /// Since when he has this status.
    status_at: DateTime<Utc>,
    /// The caller's role for him; `null` for staff.
    my_role: Option<RoleDto>,
    /// What the caller may do, and why not the rest.
    allowed_actions: Vec<CustomerAction>,
}

impl CustomerDto {
    pub(super) fn new(row: Customer, access: Access, actions: Vec<Action>) -> Self {
        let role = match access {
            Access::Staff => None,
            Access::Member(role) => Some(role.into()),
        };
        Self {
            summary: CustomerSummary::new(row.summary, access == Access::Staff),
            first_name: row.first_name,
            last_name: row.last_name,
            company_name: row.company_name,
            legal_form: row.legal_form,
            website: row.website,
            locale: row.locale,
            nif: row.nif,
            nis: row.nis,
            rc: row.rc,
            ai: row.ai,
            rib: row.rib,
            nin_last4: row.nin_last4,
            source: row.source,
            status_at: row.status_at,
            my_role: role,
            allowed_actions: actions.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a person fills in about a customer. Identifiers may hold blanks, dots and dashes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerProfile)]
pub(super) struct ProfileDto {
    /// `individual` or `corporate`.
    kind: KindDto,
    /// First name; needed for a person.
    #[schema(max_length = 200)]
    first_name: Option<String>,
    /// Last name; needed for a person.
    #[schema(max_length = 200)]
    last_name: Option<String>,
    /// Name; needed for a company.
    #[schema(max_length = 200)]
    company_name: Option<String>,
    /// Legal form, such as SARL.
    #[schema(max_length = 200)]
    legal_form: Option<String>,
    /// Address for mail.
    #[schema(max_length = 254)]
    email: String,
    /// Telephone; a number that begins with one 0 is Algerian.
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Web site.
    #[schema(max_length = 300)]
    website: Option<String>,
    /// `fr`, `en` or `ar`.
    locale: Option<String>,
    /// Tax identification number: 15 or 20 digits.
    nif: Option<String>,
    /// Statistical identification number: 15 digits.
    nis: Option<String>,
    /// Trade register: `16/00-1234567B20` or `98B0123456`.
    rc: Option<String>,
    /// Article of taxation: 11 digits.
    ai: Option<String>,
    /// Bank account: 20 digits, the last two being its key.
    rib: Option<String>,
    /// National identification number of a person: 18 digits. Absent, it stays as it is; blank, it is removed.
    nin: Option<String>,
}

impl From<ProfileDto> for Draft {
    fn from(dto: ProfileDto) -> Self {
        Self {
            kind: Some(dto.kind.into()),
            first_name: dto.first_name,
            last_name: dto.last_name,
            company_name: dto.company_name,
            legal_form: dto.legal_form,
            email: Some(dto.email),
            phone: dto.phone,
            website: dto.website,
            locale: dto.locale,
            nif: dto.nif,
            nis: dto.nis,
            rc: dto.rc,
            ai: dto.ai,
            rib: dto.rib,
            nin: dto.nin,
        }
    }
}

/// A move from one status to another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerStatusChange)]
pub(super) struct StatusChangeDto {
    /// Id.
    id: Uuid,
    /// Status before.
    from: String,
    /// Status after.
    to: String,
    /// Why.
    reason: Option<String>,
    /// Who moved him.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

impl From<StatusChange> for StatusChangeDto {
    fn from(row: StatusChange) -> Self {
        Self {
            id: row.id,
            from: row.from_status,
            to: row.to_status,
            reason: row.reason,
            by: row.actor_name,
            at: row.at,
        }
    }
}
