//! A mailbox in memory, for tests of what is built on [`MailSource`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{After, ImapError, MailHead, MailSource, MailboxState, Woken};

#[derive(Debug, Default)]
struct State {
    uidvalidity: u32,
    next: u32,
    mails: Vec<(MailHead, Bytes)>,
    marked: Vec<(u32, After)>,
    failures: Vec<ImapError>,
    fails_after: Option<(usize, ImapError)>,
    listed: u32,
    downloaded: usize,
    unreadable: Vec<u32>,
    lost: Vec<u32>,
    fetches: usize,
}

/// A mailbox in memory; clones share it.
#[derive(Debug, Clone)]
pub struct FakeSource(Arc<Mutex<State>>);

impl Default for FakeSource {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            uidvalidity: 1,
            next: 1,
            ..State::default()
        })))
    }
}

impl FakeSource {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Delivers a mail and returns its UID.
    pub fn deliver(&self, raw: impl Into<Bytes>, internal_date: DateTime<Utc>) -> u32 {
        let raw = raw.into();
        self.with(|state| {
            let uid = state.next;
            state.next += 1;
            let size = u32::try_from(raw.len()).unwrap_or(u32::MAX);
            state.mails.push((
                MailHead {
                    uid,
                    size,
                    internal_date: Some(internal_date),
                },
                raw,
            ));
            uid
        })
    }

    /// Gives all mails new UIDs under a new UIDVALIDITY, as a server does after a restore.
    pub fn renumber(&self) {
        self.with(|state| {
            state.uidvalidity += 1;
            state.next = 1;
            for (head, _) in &mut state.mails {
                head.uid = state.next;
                state.next += 1;
            }
        });
    }

    /// Makes the next call fail.
    pub fn fail_next(&self, error: ImapError) {
        self.with(|state| state.failures.push(error));
    }

    /// Makes the call after the next `calls` fail.
    pub fn fail_after(&self, calls: usize, error: ImapError) {
        self.with(|state| state.fails_after = Some((calls, error)));
    }

    /// Loses every mail and begins to number anew under the same UIDVALIDITY, which servers must not do and some did.
    pub fn clear(&self) {
        self.with(|state| {
            state.mails.clear();
            state.next = 1;
        });
    }

    /// What was marked so far.
    #[must_use]
    pub fn marked(&self) -> Vec<(u32, After)> {
        self.with(|state| state.marked.clone())
    }

    /// Bytes of mail handed over so far.
    #[must_use]
    pub fn downloaded(&self) -> usize {
        self.with(|state| state.downloaded)
    }

    /// Makes the server tell another size than the true one.
    pub fn misreport(&self, uid: u32, size: u32) {
        self.with(|state| {
            let found = state.mails.iter_mut().find(|(head, _)| head.uid == uid);
            found.into_iter().for_each(|(head, _)| head.size = size);
        });
    }

    /// Makes the server refuse every command that asks for the content of this mail, as one with a broken file does.
    pub fn spoil(&self, uid: u32) {
        self.with(|state| state.unreadable.push(uid));
    }

    /// Repairs what [`Self::spoil`] broke.
    pub fn repair(&self) {
        self.with(|state| state.unreadable.clear());
    }

    /// Deletes a mail that listings still show, as another program does between listing and fetching.
    pub fn lose(&self, uid: u32) {
        self.with(|state| state.lost.push(uid));
    }

    /// Commands that asked for content so far.
    #[must_use]
    pub fn fetches(&self) -> usize {
        self.with(|state| state.fetches)
    }

    fn attempt<T>(&self, work: impl FnOnce(&mut State) -> Result<T, ImapError>) -> Result<T, ImapError> {
        self.with(|state| {
            match state.fails_after.take() {
                Some((0, error)) => return Err(error),
                Some((calls, error)) => state.fails_after = Some((calls - 1, error)),
                None => {}
            }
            if state.failures.is_empty() {
                work(state)
            } else {
                Err(state.failures.remove(0))
            }
        })
    }
}

#[async_trait]
impl MailSource for FakeSource {
    async fn select(&mut self) -> Result<MailboxState, ImapError> {
        self.attempt(|state| {
            let exists = u32::try_from(state.mails.len()).unwrap_or(u32::MAX);
            Ok(MailboxState {
                uidvalidity: state.uidvalidity,
                exists,
                uid_next: Some(state.next),
            })
        })
    }

    async fn list_from(&mut self, from: u32) -> Result<Vec<MailHead>, ImapError> {
        self.attempt(|state| {
            state.listed = state.next;
            Ok(state
                .mails
                .iter()
                .map(|(head, _)| *head)
                .filter(|head| head.uid >= from)
                .collect())
        })
    }

    async fn uids_since(&mut self, since: DateTime<Utc>) -> Result<Vec<u32>, ImapError> {
        let recent = |head: &MailHead| {
            head.internal_date
                .is_none_or(|at| at.date_naive() >= since.date_naive())
        };
        self.attempt(|state| {
            let heads = state.mails.iter().map(|(head, _)| head);
            Ok(heads.filter(|head| recent(head)).map(|head| head.uid).collect())
        })
    }

    async fn fetch(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError> {
        let mut found = self.fetch_many(&[uid], most).await?;
        found.remove(&uid).ok_or(ImapError::Gone(uid))
    }

    async fn fetch_many(&mut self, uids: &[u32], most: u32) -> Result<HashMap<u32, Bytes>, ImapError> {
        self.attempt(|state| {
            state.fetches += 1;
            if let Some(uid) = uids.iter().find(|uid| state.unreadable.contains(uid)) {
                return Err(ImapError::Refused(format!("mail {uid} cannot be read")));
            }
            let asked = state
                .mails
                .iter()
                .filter(|(head, _)| uids.contains(&head.uid) && !state.lost.contains(&head.uid));
            let found: HashMap<u32, Bytes> = asked
                .map(|(head, raw)| (head.uid, raw.slice(..raw.len().min(most as usize))))
                .collect();
            state.downloaded += found.values().map(Bytes::len).sum::<usize>();
            Ok(found)
        })
    }

    async fn fetch_header(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError> {
        self.attempt(|state| {
            let found = state.mails.iter().find(|(head, _)| head.uid == uid);
            let raw = found.map(|(_, raw)| raw.clone()).ok_or(ImapError::Gone(uid))?;
            let end = raw
                .windows(4)
                .position(|w| w == b"\r\n\r\n")
                .map_or(raw.len(), |at| at + 4);
            let head = raw.slice(..end.min(most as usize));
            state.downloaded += head.len();
            Ok(head)
        })
    }

    async fn mark(&mut self, uids: &[u32], after: &After) -> Result<(), ImapError> {
        self.attempt(|state| {
            state.marked.extend(uids.iter().map(|uid| (*uid, after.clone())));
            if matches!(after, After::Move(_)) {
                state.mails.retain(|(head, _)| !uids.contains(&head.uid));
            }
            Ok(())
        })
    }

    async fn wait(&mut self, timeout: Duration) -> Result<Woken, ImapError> {
        let changed = self.attempt(|state| Ok(state.listed != state.next))?;
        if changed {
            return Ok(Woken::Changed);
        }
        tokio::time::sleep(timeout.min(Duration::from_millis(50))).await;
        Ok(Woken::TimedOut)
    }
}
