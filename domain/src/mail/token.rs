//! Signed marks that we put into outgoing mail to recognise the answer: reply address, Message-ID, marker in the body,
//! bounce address. Whoever holds one may append to the ticket, never read it. The subject token is a typo filter only.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::address::normalise_address;

/// Bytes of the MAC kept in a token: 128 bits.
const MAC: usize = 16;

/// One signing key.
#[derive(Clone)]
pub struct TokenKey {
    /// Its id, written into every token so that keys can be rotated.
    pub id: u8,
    secret: Vec<u8>,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key that signs, and older ones that still verify.
#[derive(Debug, Clone)]
pub struct TokenKeys {
    current: TokenKey,
    previous: Vec<TokenKey>,
}

/// A secret under 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail token key needs at least 32 bytes")]
pub struct WeakKey;

impl TokenKey {
    /// A key of at least 32 random bytes.
    ///
    /// # Errors
    /// When the secret is shorter.
    pub fn new(id: u8, secret: impl Into<Vec<u8>>) -> Result<Self, WeakKey> {
        let secret = secret.into();
        if secret.len() < 32 {
            Err(WeakKey)
        } else {
            Ok(Self { id, secret })
        }
    }

    fn mac(&self, purpose: &str, data: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length, so this never fails; `Option` keeps the impossible out of the panics.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        Some(mac)
    }
}

/// Who a reply address was given to, and for which ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyClaim {
    /// Ticket number.
    pub ticket: i64,
    /// [`recipient_fp`] of the address it was sent to.
    pub recipient: u64,
}

/// What one of our Message-IDs says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageClaim {
    /// Ticket number.
    pub ticket: i64,
    /// Id of the ticket's message that was sent.
    pub message: Uuid,
    /// [`recipient_fp`] of the address it was sent to.
    pub recipient: u64,
}

/// The short fingerprint of an address in tokens. Tokens are signed, so it need not resist a search.
#[must_use]
pub fn recipient_fp(address: &str) -> u64 {
    let digest = Sha256::digest(normalise_address(address).as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

impl TokenKeys {
    /// Signs with `current`, verifies with all.
    #[must_use]
    pub const fn new(current: TokenKey, previous: Vec<TokenKey>) -> Self {
        Self { current, previous }
    }

    fn sign(&self, purpose: &str, data: &[u8]) -> Vec<u8> {
        let mut token = data.to_vec();
        token.push(self.current.id);
        if let Some(mac) = self.current.mac(purpose, data) {
            token.extend_from_slice(&mac.finalize().into_bytes()[..MAC]);
        }
        token
    }

    /// Splits a token into data and MAC and compares in constant time.
    fn verify<'a>(&self, purpose: &str, token: &'a [u8], data_len: usize) -> Option<&'a [u8]> {
        if token.len() != data_len + 1 + MAC {
            return None;
        }
        let (data, rest) = token.split_at(data_len);
        let (id, mac) = rest.split_first()?;
        std::iter::once(&self.current)
            .chain(&self.previous)
            .filter(|key| key.id == *id)
            .any(|key| {
                key.mac(purpose, data)
                    .is_some_and(|m| m.verify_truncated_left(mac).is_ok())
            })
            .then_some(data)
    }

    /// `reply+<token>@domain`: 55 bytes in front of the `@`.
    #[must_use]
    pub fn reply_address(&self, claim: &ReplyClaim, domain: &str) -> String {
        format!("reply+{}@{domain}", encode(&self.sign("reply", &reply_bytes(claim))))
    }

    /// Reads a reply address; the domain is the caller's to check.
    #[must_use]
    pub fn read_reply_address(&self, address: &str) -> Option<ReplyClaim> {
        self.read_reply(&plus_part(address, "reply")?)
    }

    fn read_reply(&self, token: &[u8]) -> Option<ReplyClaim> {
        let data = self.verify("reply", token, 13)?;
        Some(ReplyClaim {
            ticket: number(&data[..5]),
            recipient: u64::from_be_bytes(data[5..].try_into().ok()?),
        })
    }

    /// `bounce+<token>@domain`, the envelope sender of one outgoing mail.
    #[must_use]
    pub fn bounce_address(&self, outgoing: Uuid, domain: &str) -> String {
        format!("bounce+{}@{domain}", encode(&self.sign("bounce", outgoing.as_bytes())))
    }

    /// Reads a bounce address: the id of the outgoing mail.
    #[must_use]
    pub fn read_bounce_address(&self, address: &str) -> Option<Uuid> {
        let token = plus_part(address, "bounce")?;
        Uuid::from_slice(self.verify("bounce", &token, 16)?).ok()
    }

    /// What follows `#token=` in the link of a satisfaction survey. It opens that survey and nothing else.
    #[must_use]
    pub fn survey(&self, survey: Uuid) -> String {
        encode(&self.sign("survey", survey.as_bytes()))
    }

    /// Reads the token of a survey's link: the id of the survey.
    #[must_use]
    pub fn read_survey(&self, token: &str) -> Option<Uuid> {
        Uuid::from_slice(self.verify("survey", &decode(token.trim())?, 16)?).ok()
    }

    /// The token of a link that ends surveys for whoever got this one. It reads and answers nothing.
    #[must_use]
    pub fn survey_off(&self, survey: Uuid) -> String {
        encode(&self.sign("survey-off", survey.as_bytes()))
    }

    /// Reads the token of such a link: the id of the survey.
    #[must_use]
    pub fn read_survey_off(&self, token: &str) -> Option<Uuid> {
        Uuid::from_slice(self.verify("survey-off", &decode(token.trim())?, 16)?).ok()
    }

    /// A Message-ID without angle brackets: `t.{ticket}.{msg}.{recipient}.{nonce}.{mac}@host`. The nonce keeps two
    /// mails of the same message to the same person apart (a digest after a reply); pass the outgoing mail's id.
    #[must_use]
    pub fn message_id(&self, claim: &MessageClaim, nonce: Uuid, host: &str) -> String {
        let text = format!(
            "t.{}.{}.{}.{}",
            claim.ticket,
            encode(claim.message.as_bytes()),
            encode(&claim.recipient.to_be_bytes()),
            // The last eight bytes of a UUIDv7 are the random ones.
            encode(&nonce.as_bytes()[8..])
        );
        let tag = self.sign("mid", text.as_bytes()).split_off(text.len());
        format!("{text}.{}@{host}", encode(&tag))
    }

    /// Reads one of our Message-IDs, with or without angle brackets; the host is not looked at (gateways rewrite it).
    #[must_use]
    pub fn read_message_id(&self, id: &str) -> Option<MessageClaim> {
        let local = id.trim().trim_start_matches('<').split('@').next()?;
        if local.len() > 200 || !local.starts_with("t.") {
            return None;
        }
        let (text, tag) = local.rsplit_once('.')?;
        let signed = [text.as_bytes(), &decode(tag)?].concat();
        self.verify("mid", &signed, text.len())?;
        let mut fields = text.split('.').skip(1);
        let ticket = fields.next()?.parse().ok()?;
        let message = Uuid::from_slice(&decode(fields.next()?)?).ok()?;
        let recipient = u64::from_be_bytes(decode(fields.next()?)?.try_into().ok()?);
        Some(MessageClaim {
            ticket,
            message,
            recipient,
        })
    }

    /// The marker hidden in bodies: the reply token between `[cm:` and `]`, because gateways that rewrite ids quote it.
    #[must_use]
    pub fn body_marker(&self, claim: &ReplyClaim) -> String {
        format!("[cm:{}]", encode(&self.sign("reply", &reply_bytes(claim))))
    }

    /// Our markers in a text with their byte offsets, at most 20.
    #[must_use]
    pub fn find_body_markers(&self, text: &str) -> Vec<(usize, ReplyClaim)> {
        let found = text.match_indices("[cm:").take(1_000).filter_map(|(at, start)| {
            let rest = text.get(at + start.len()..)?;
            // Quoting programs may break the marker over two lines with quote signs between.
            let token: String = rest
                .chars()
                .take(80)
                .take_while(|c| *c != ']')
                .filter(char::is_ascii_alphanumeric)
                .collect();
            Some((at, self.read_reply(&decode(&token)?)?))
        });
        found.take(20).collect()
    }

    /// Our Message-IDs anywhere in raw text (bounces quote what they got), at most 20.
    #[must_use]
    pub fn find_message_ids(&self, text: &str) -> Vec<MessageClaim> {
        let found = text.match_indices("<t.").take(1_000).filter_map(|(at, _)| {
            let rest = text.get(at..)?;
            self.read_message_id(rest.get(..rest.find('>')?.min(400))?)
        });
        found.take(20).collect()
    }

    /// `[#12345-k7q2]`: ticket number with 20 check bits against typing errors and guessing.
    #[must_use]
    pub fn subject_token(&self, ticket: i64) -> String {
        format!("[#{ticket}-{}]", check_digits(&self.current, ticket))
    }

    /// The ticket numbers of valid subject tokens, at most 5.
    #[must_use]
    pub fn find_subject_tokens(&self, subject: &str) -> Vec<i64> {
        let valid = |at: usize| {
            let inner = subject.get(at + 2..)?;
            let (ticket, check) = inner.get(..inner.find(']')?)?.split_once('-')?;
            let ticket: i64 = ticket.parse().ok().filter(|n| *n > 0)?;
            let keys = std::iter::once(&self.current).chain(&self.previous);
            keys.into_iter()
                .any(|key| check_digits(key, ticket).eq_ignore_ascii_case(check))
                .then_some(ticket)
        };
        subject
            .match_indices("[#")
            .take(50)
            .filter_map(|(at, _)| valid(at))
            .take(5)
            .collect()
    }
}

fn check_digits(key: &TokenKey, ticket: i64) -> String {
    let mac = key
        .mac("subject", &ticket.to_be_bytes())
        .map(|m| m.finalize().into_bytes());
    encode(&mac.unwrap_or_default()[..3]).chars().take(4).collect()
}

fn reply_bytes(claim: &ReplyClaim) -> [u8; 13] {
    let mut data = [0; 13];
    data[..5].copy_from_slice(&claim.ticket.to_be_bytes()[3..]);
    data[5..].copy_from_slice(&claim.recipient.to_be_bytes());
    data
}

/// Forty bits, enough for a million million tickets.
fn number(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |n, b| (n << 8) | i64::from(*b))
}

fn plus_part(address: &str, base: &str) -> Option<Vec<u8>> {
    let address = normalise_address(address);
    let (local, _) = address.rsplit_once('@')?;
    let (found, token) = local.split_once('+')?;
    if found == base { decode(token) } else { None }
}

fn encode(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

fn decode(token: &str) -> Option<Vec<u8>> {
    if token.len() > 200 {
        return None;
    }
    BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
