//! Which mails of a mailbox are fetched together, and what becomes of those that its server does not hand over.

use std::collections::HashSet;

use integrations::mail::imap::{ImapError, MailHead};

use super::fetch::FetchError;

/// Most mails of a batch.
const COUNT: usize = 50;
/// Most bytes of a batch, even when the server told too small a size for every mail of it.
const BYTES: u32 = 8 << 20;
/// Sizes below are all alike: servers that convert their mails tell another size than they hand over.
const SMALL: u32 = 64 << 10;
/// So many refusals in a row are the server's trouble, not that of single mails.
const IN_A_ROW: u32 = 10;

/// Cuts a listing into batches; a mail of `alone`, or one too large to share, is a batch of its own.
pub(super) fn batches<'a>(heads: &'a [MailHead], alone: &HashSet<u32>) -> Vec<&'a [MailHead]> {
    let mut batches = Vec::new();
    let mut rest = heads;
    while !rest.is_empty() {
        let fits = (1..=rest.len().min(COUNT)).take_while(|count| {
            let batch = &rest[..*count];
            let bytes = u64::from(longest(batch)) * batch.len() as u64;
            bytes <= u64::from(BYTES) && !batch.iter().any(|head| alone.contains(&head.uid))
        });
        let (batch, behind) = rest.split_at(fits.last().unwrap_or(1));
        batches.push(batch);
        rest = behind;
    }
    batches
}

/// How long the mails of a batch may be.
pub(super) fn longest(batch: &[MailHead]) -> u32 {
    batch.iter().map(|head| head.size).fold(SMALL, u32::max)
}

/// What a server refused while mails were taken.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    pub(super) first: Option<ImapError>,
    in_a_row: u32,
}

impl Refusals {
    /// Goes on after a refusal, unless there are too many; any other error ends the taking.
    pub(super) fn note(&mut self, uid: u32, taken: Result<(), FetchError>) -> Result<(), FetchError> {
        match taken {
            Ok(()) => self.in_a_row = 0,
            Err(FetchError::Imap(error @ ImapError::Refused(_))) if self.in_a_row + 1 < IN_A_ROW => {
                tracing::warn!(uid, %error, "a mail stays in its mailbox; going on with the next one");
                self.in_a_row += 1;
                self.first.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(sizes: &[u32]) -> Vec<MailHead> {
        let head = |(uid, size): (u32, &u32)| MailHead {
            uid,
            size: *size,
            internal_date: None,
        };
        (1..).zip(sizes).map(head).collect()
    }

    fn cut(sizes: &[u32], alone: &[u32]) -> Vec<usize> {
        let alone = alone.iter().copied().collect();
        batches(&heads(sizes), &alone).iter().map(|batch| batch.len()).collect()
    }

    #[test]
    fn batches_are_bounded_by_count() {
        assert_eq!(cut(&[5_000; 120], &[]), [50, 50, 20]);
        assert!(cut(&[], &[]).is_empty());
    }

    #[test]
    fn batches_are_bounded_by_bytes_whatever_the_server_tells() {
        assert_eq!(cut(&[1 << 20; 20], &[]), [8, 8, 4]);
        assert_eq!(cut(&[5_000, 5_000, 3 << 20, 5_000], &[]), [2, 2]);
        assert_eq!(cut(&[5_000, 30 << 20, 5_000, 5_000], &[]), [1, 1, 2]);
        assert_eq!(cut(&[u32::MAX, 0, 0], &[]), [1, 2], "a large mail is fetched alone");
    }

    #[test]
    fn a_mail_to_be_looked_at_is_alone() {
        assert_eq!(cut(&[5_000; 5], &[3]), [2, 1, 2]);
        assert_eq!(cut(&[5_000; 2], &[1, 2]), [1, 1]);
    }

    #[test]
    fn a_few_refusals_are_noted_and_many_in_a_row_end_it() {
        let refused = || Err(ImapError::Refused("no".to_owned()).into());
        let mut refusals = Refusals::default();
        for _ in 0..3 {
            (1..IN_A_ROW).for_each(|uid| refusals.note(uid, refused()).unwrap());
            refusals.note(99, Ok(())).unwrap();
        }
        assert!(refusals.first.is_some());
        (1..IN_A_ROW).for_each(|uid| refusals.note(uid, refused()).unwrap());
        assert!(refusals.note(100, refused()).is_err());
        let lost = Err(ImapError::Connection("lost".to_owned()).into());
        assert!(Refusals::default().note(1, lost).is_err());
    }
}
