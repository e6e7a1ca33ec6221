//! How long sessions and mailed links live.

use chrono::TimeDelta;

/// Life of an access token.
pub const ACCESS: TimeDelta = TimeDelta::minutes(30);
/// A session that is not refreshed ends after this.
pub const SESSION_IDLE: TimeDelta = TimeDelta::days(7);
/// A session ends after this however much it is used.
pub const SESSION_ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// A spent refresh token that comes back within this time gets its successor again: an answer got lost, or two tabs asked.
pub const REFRESH_GRACE: TimeDelta = TimeDelta::seconds(10);
/// Dangerous actions need a proof of identity no older than this.
pub const STEP_UP: TimeDelta = TimeDelta::minutes(5);

/// How long an invitation to act for a customer is good.
pub const INVITATION: TimeDelta = TimeDelta::days(7);

/// What a mailed link is for. One for one purpose opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Proves the address of a new account.
    Verify,
    /// Signs in.
    Magic,
    /// Sets a new password.
    Reset,
    /// Joins.
    Invite,
    /// Proves the new address of an account.
    EmailChange,
}

impl LinkPurpose {
    /// Name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Magic => "magic",
            Self::Reset => "reset",
            Self::Invite => "invite",
            Self::EmailChange => "email_change",
        }
    }

    /// How long a link is good (OWASP Forgot Password: short; a link that signs in is as good as a password).
    #[must_use]
    pub const fn life(self) -> TimeDelta {
        match self {
            Self::Magic => TimeDelta::minutes(15),
            Self::Reset => TimeDelta::minutes(30),
            Self::Verify | Self::EmailChange => TimeDelta::hours(24),
            Self::Invite => TimeDelta::days(7),
        }
    }

    /// The page of the web application that the link opens. The token follows in the fragment, which no server gets to see.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Magic => "magic-link",
            Self::Reset => "reset-password",
            Self::Invite => "invitation",
            Self::EmailChange => "confirm-email",
        }
    }
}
