//! Tokens with which programs act for a person: their form, their life and their reach.

use chrono::{DateTime, TimeDelta, Utc};

use crate::permission::Permission;

/// Begins every token, so that a leaked one is recognised by whoever scans for secrets.
pub const MARK: &str = "cmt_";
/// Characters of the part by which a token is looked up; it tells nothing about the rest.
pub const PREFIX_LEN: usize = 12;
/// Characters of the secret part: 256 bits in base64url.
const SECRET_LEN: usize = 43;
/// Characters of the seal: 66 bits in base64url.
pub const SEAL_LEN: usize = 11;
/// Longest life of a token.
pub const MAX_DAYS: i64 = 366;
/// Most live tokens of one person.
pub const MAX_LIVE: i64 = 50;
/// Most characters of a name.
pub const MAX_NAME: usize = 100;

/// A well-formed token, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// By which it is looked up.
    pub prefix: &'a str,
    /// What its seal is made over.
    pub sealed: &'a str,
    /// The seal, which only the installation can make: an invented token is known as such without looking it up. Tokens from before
    /// there were seals have none.
    pub seal: Option<&'a str>,
}

/// Takes a token apart; `None` for any other text.
#[must_use]
pub fn parts(token: &str) -> Option<Parts<'_>> {
    let (prefix, rest) = token.strip_prefix(MARK)?.split_once('_')?;
    let prefix_fits = prefix.len() == PREFIX_LEN && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    let rest_fits = rest
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let (sealed, seal) = match rest.len().checked_sub(SECRET_LEN)? {
        0 => (token, None),
        SEAL_LEN if rest_fits => {
            let (sealed, seal) = token.split_at(token.len() - SEAL_LEN);
            (sealed, Some(seal))
        }
        _ => return None,
    };
    (prefix_fits && rest_fits).then_some(Parts { prefix, sealed, seal })
}

/// The token made of these parts, before its seal.
#[must_use]
pub fn compose(prefix: &str, secret: &str) -> String {
    format!("{MARK}{prefix}_{secret}")
}

/// When a token that shall live for `days` ends; `None` when that is no time or too long.
#[must_use]
pub fn expiry(now: DateTime<Utc>, days: i64) -> Option<DateTime<Utc>> {
    (1..=MAX_DAYS).contains(&days).then(|| now + TimeDelta::days(days))
}

/// What a token allows: of its scopes those its owner holds at this moment. A token never outlives its owner's rights.
#[must_use]
pub fn reach(scopes: &[Permission], held: &[Permission]) -> Vec<Permission> {
    held.iter()
        .copied()
        .filter(|permission| scopes.contains(permission))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_tokens_come_apart() {
        let secret = "A-_z".repeat(10) + "abc";
        let token = compose("0123456789ab", &secret);
        let old = parts(&token).unwrap();
        assert_eq!((old.prefix, old.sealed, old.seal), ("0123456789ab", &*token, None));
        let whole = format!("{token}seal_-seal0");
        let new = parts(&whole).unwrap();
        assert_eq!((new.sealed, new.seal), (&*token, Some("seal_-seal0")));
        for wrong in [
            token.to_uppercase(),
            token[4..].to_owned(),
            format!("{token}x"),
            format!("{token}seal_-sealé"),
            format!("{token}seal_-seal%0"),
            compose("0123456789ag", &secret),
            compose("0123456789a", &secret),
            compose("0123456789ab", &secret.replace('z', "%")),
            compose("0123456789ab", &secret.replace("z", "é")),
            String::new(),
        ] {
            assert_eq!(parts(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_life_is_a_day_to_a_year() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(expiry(now, 1), Some(now + TimeDelta::days(1)));
        assert!(expiry(now, MAX_DAYS).is_some());
        assert!(
            [0, -1, MAX_DAYS + 1, i64::MAX]
                .iter()
                .all(|days| expiry(now, *days).is_none())
        );
    }

    #[test]
    fn a_token_reaches_no_further_than_its_owner() {
        use Permission::{TicketsOwn, TicketsView};
        assert_eq!(reach(&[TicketsView, TicketsOwn], &[TicketsOwn]), [TicketsOwn]);
        assert!(reach(&[TicketsView], &[TicketsOwn]).is_empty());
    }
}
