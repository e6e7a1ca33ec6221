//! What the owner of an account is told about it.

use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountNotice {
    /// The account was opened.
    Welcome,
    /// The password was changed.
    PasswordChanged,
    /// The address was changed; goes to the old one.
    EmailChanged,
    /// Somebody asked for another address; goes to the present one.
    EmailChangeAsked,
    /// A login with a browser not seen before.
    NewDevice,
    /// A session was ended because its token was used twice.
    SessionReplayed,
    /// The right password was given, and then wrong codes.
    FactorFailed,
    /// What he wanted to be reminded of is due.
    Reminder,
    /// An export that he has mailed again and again stopped by itself.
    TicketExportStopped,
    /// Second factors were added, removed or used up.
    FactorsChanged,
    /// A provider that one signs in with was linked or unlinked.
    IdentitiesChanged,
    /// Data of a customer that papers prove were changed: the identity is to be verified anew.
    IdentityOutdated,
    /// The identity of a customer was verified.
    IdentityApproved,
    /// It was not.
    IdentityRejected,
    /// What was to renew a verification was refused; it holds until its own end.
    IdentityRenewalRejected,
    /// A reviewer needs more papers.
    IdentityMoreAsked,
    /// A verification was taken back.
    IdentityRevoked,
    /// A verification ends soon.
    IdentityExpiring,
    /// A verification has ended.
    IdentityExpired,
    /// Somebody whom he invited acts for the customer now.
    MemberJoined,
    /// A copy of all that is kept about a person can be opened.
    ExportReady,
    /// He asked to be erased.
    ErasureAsked,
    /// He is being erased.
    ErasureBegun,
    /// He acts for a customer no longer.
    MemberRemoved,
    /// He has another role for a customer.
    MemberRoleChanged,
}
