//! A customer as stored.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

/// A customer that a scoped query found: the key to everything that hangs on him. Only this module's queries make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached(pub(super) Uuid);

impl Reached {
    /// His id.
    #[must_use]
    pub const fn id(self) -> Uuid {
        self.0
    }
}

/// The columns of a list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Summary {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Number people use.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// `individual` or `corporate`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Status, see `domain::customer::Status`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Verification of identity, see `domain::kyc::State`.
    #[diesel(sql_type = Text)]
    pub kyc_state: String,
    /// Name for lists.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Telephone in international form.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Tags.
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
    /// Member of staff who looks after him.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub account_manager_id: Option<Uuid>,
    /// That person's name.
    #[diesel(sql_type = Nullable<Text>)]
    pub account_manager_name: Option<String>,
    /// What he has a right to expect, see `domain::customer::Tier`.
    #[diesel(sql_type = Text)]
    pub tier: String,
    /// When he was stored.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When anything changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// When he was deleted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Counts changes; guards against lost updates.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// A whole customer.
#[derive(Debug, Clone, QueryableByName)]
pub struct Customer {
    /// What lists show.
    #[diesel(embed)]
    pub summary: Summary,
    /// First name.
    #[diesel(sql_type = Nullable<Text>)]
    pub first_name: Option<String>,
    /// Last name.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_name: Option<String>,
    /// Name of the company.
    #[diesel(sql_type = Nullable<Text>)]
    pub company_name: Option<String>,
    /// Legal form.
    #[diesel(sql_type = Nullable<Text>)]
    pub legal_form: Option<String>,
    /// Web site.
    #[diesel(sql_type = Nullable<Text>)]
    pub website: Option<String>,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Tax identification number.
    #[diesel(sql_type = Nullable<Text>)]
    pub nif: Option<String>,
    /// Statistical identification number.
    #[diesel(sql_type = Nullable<Text>)]
    pub nis: Option<String>,
    /// Trade register.
    #[diesel(sql_type = Nullable<Text>)]
    pub rc: Option<String>,
    /// Article of taxation.
    #[diesel(sql_type = Nullable<Text>)]
    pub ai: Option<String>,
    /// Bank account.
    #[diesel(sql_type = Nullable<Text>)]
    pub rib: Option<String>,
    /// Last four digits of the national identification number, which itself is sealed.
    #[diesel(sql_type = Nullable<Text>)]
    pub nin_last4: Option<String>,
    /// `staff`, `client` or `import`.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// Since when he has this status.
    #[diesel(sql_type = Timestamptz)]
    pub status_at: DateTime<Utc>,
}

impl Customer {
    /// The key to what hangs on him.
    #[must_use]
    pub const fn reached(&self) -> Reached {
        Reached(self.summary.id)
    }
}

/// A customer about to be stored.
#[derive(Debug, Clone)]
pub struct NewCustomer<'a> {
    /// Id.
    pub id: Uuid,
    /// The checked fields.
    pub profile: ProfileColumns<'a>,
    /// Sealed NIN with its last four digits.
    pub nin: Option<(&'a [u8], &'a str)>,
    /// `staff`, `client` or `import`.
    pub source: &'a str,
    /// Status to begin with.
    pub status: &'a str,
    /// Tags.
    pub tags: &'a [String],
    /// Name in the system that he was imported from.
    pub external_id: Option<&'a str>,
    /// Who stores him.
    pub by: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The columns that a person fills in.
#[derive(Debug, Clone, Copy)]
pub struct ProfileColumns<'a> {
    /// `individual` or `corporate`.
    pub kind: &'a str,
    /// Name for lists.
    pub name: &'a str,
    /// First name.
    pub first_name: Option<&'a str>,
    /// Last name.
    pub last_name: Option<&'a str>,
    /// Name of the company.
    pub company_name: Option<&'a str>,
    /// Legal form.
    pub legal_form: Option<&'a str>,
    /// Address in lower case.
    pub email: &'a str,
    /// Telephone in international form.
    pub phone: Option<&'a str>,
    /// Web site.
    pub website: Option<&'a str>,
    /// Language.
    pub locale: &'a str,
    /// Tax identification number.
    pub nif: Option<&'a str>,
    /// Statistical identification number.
    pub nis: Option<&'a str>,
    /// Trade register.
    pub rc: Option<&'a str>,
    /// Article of taxation.
    pub ai: Option<&'a str>,
    /// Bank account.
    pub rib: Option<&'a str>,
}
