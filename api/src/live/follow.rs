//! Reads the event log in order of commit. Ids are given before commit, so a lower one may appear after a higher one: ids
//! that are skipped are looked up again for a few seconds.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use store::{
    PgConn, StoreError,
    event::{self, Event},
};

use super::{Cursor, MAX_OPEN};

/// Rows read at once.
const BATCH: i64 = 500;
/// How long a skipped id may still appear.
const PATIENCE: Duration = Duration::from_secs(10);
/// How far before the newest event reading begins, to catch transactions that were open then.
const LOOK_BACK: i64 = 200;
/// Most skipped ids looked up again.
const MAX_GAPS: usize = 5000;

/// Where reading stands.
#[derive(Debug, Default)]
pub struct Follower {
    last: i64,
    gaps: BTreeMap<i64, Instant>,
}

impl Follower {
    /// Begins a little before the end of the log.
    pub async fn start(conn: &mut PgConn) -> Result<Self, StoreError> {
        let last = (event::newest(conn).await? - LOOK_BACK).max(0);
        Ok(Self {
            last,
            gaps: BTreeMap::new(),
        })
    }

    /// Goes on from a place that was reached before.
    pub fn at(place: Cursor) -> Self {
        let now = Instant::now();
        Self {
            last: place.last,
            gaps: place.open.into_iter().map(|id| (id, now)).collect(),
        }
    }

    /// The present place.
    pub fn cursor(&self) -> Cursor {
        let mut open: Vec<i64> = self.gaps.keys().rev().take(MAX_OPEN).copied().collect();
        open.reverse();
        Cursor { last: self.last, open }
    }

    /// Events that became visible since the last call, each with the place after it, and whether there are more right now.
    pub async fn read(&mut self, conn: &mut PgConn) -> Result<(Vec<(Event, Cursor)>, bool), StoreError> {
        let mut late = Vec::new();
        if !self.gaps.is_empty() {
            let ids: Vec<i64> = self.gaps.keys().copied().collect();
            late = event::by_ids(conn, &ids).await?;
        }
        let next = event::after(conn, self.last, BATCH).await?;
        let more = next.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
        let now = Instant::now();
        let found = late.into_iter().chain(next).map(|event| {
            self.note(event.id, now);
            let cursor = self.cursor();
            (event, cursor)
        });
        let found = found.collect();
        self.forget(now);
        Ok((found, more))
    }

    fn note(&mut self, id: i64, now: Instant) {
        if id <= self.last {
            self.gaps.remove(&id);
            return;
        }
        // A jump wider than this is a sequence that was moved by hand, not transactions in flight.
        let from = (self.last + 1).max(id - 1000);
        self.gaps.extend((from..id).map(|skipped| (skipped, now)));
        self.last = id;
    }

    fn forget(&mut self, now: Instant) {
        self.gaps.retain(|_, since| now.duration_since(*since) < PATIENCE);
        while self.gaps.len() > MAX_GAPS {
            self.gaps.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_id_stays_open_until_it_appears_or_time_is_over() {
        let mut follower = Follower {
            last: 10,
            gaps: BTreeMap::new(),
        };
        let now = Instant::now();
        follower.note(11, now);
        assert_eq!(follower.cursor(), Cursor { last: 11, open: vec![] });
        follower.note(14, now);
        assert_eq!(
            follower.cursor(),
            Cursor {
                last: 14,
                open: vec![12, 13]
            }
        );
        follower.note(12, now);
        assert_eq!(
            follower.cursor(),
            Cursor {
                last: 14,
                open: vec![13]
            }
        );
        follower.forget(now + PATIENCE);
        assert_eq!(follower.cursor(), Cursor { last: 14, open: vec![] });
    }
}
