//! Reads the event log in order of commit. Ids are given before commit, so a lower one may appear after a higher one: ids
//! that are skipped are looked up again until every transaction that may have been given them has ended.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use store::{
    PgConn, StoreError,
    event::{self, Event, Horizon},
};

use super::{Cursor, MAX_OPEN};

/// Rows read at once.
const BATCH: i64 = 500;
/// After this long, whoever was given a skipped id has a number among the transactions: an id is given a moment earlier.
const PATIENCE: Duration = Duration::from_secs(10);
/// How far before the newest event reading begins, to catch transactions that were open then.
const LOOK_BACK: i64 = 200;
/// Most skipped ids looked up again.
const MAX_GAPS: usize = 5000;

/// What a skipped id waits for.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// Skipped at this time.
    Since(Instant),
    /// Whoever was given it is a transaction before this one, or ended without writing.
    Before(i64),
}

/// Where reading stands.
#[derive(Debug, Default)]
pub struct Follower {
    last: i64,
    gaps: BTreeMap<i64, Gap>,
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
        let now = Gap::Since(Instant::now());
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
        let mut ended = None;
        if !self.gaps.is_empty() {
            // Asked first: what had ended by then is seen by the look after it.
            ended = Some(event::horizon(conn).await?);
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
        if let Some(horizon) = ended {
            self.forget(horizon, now);
        }
        Ok((found, more))
    }

    fn note(&mut self, id: i64, now: Instant) {
        if id <= self.last {
            self.gaps.remove(&id);
            return;
        }
        // A jump wider than this is a sequence that was moved by hand, not transactions in flight.
        let from = (self.last + 1).max(id - 1000);
        self.gaps.extend((from..id).map(|skipped| (skipped, Gap::Since(now))));
        self.last = id;
    }

    fn forget(&mut self, horizon: Horizon, now: Instant) {
        self.gaps.retain(|_, gap| match gap {
            Gap::Since(since) => {
                if now.duration_since(*since) >= PATIENCE {
                    *gap = Gap::Before(horizon.next);
                }
                true
            }
            Gap::Before(next) => *next > horizon.oldest,
        });
        while self.gaps.len() > MAX_GAPS {
            self.gaps.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_id_stays_open_until_it_appears_or_nobody_is_left_to_commit_it() {
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
        let later = now + PATIENCE;
        let open = Cursor {
            last: 14,
            open: vec![13],
        };
        follower.forget(Horizon { oldest: 7, next: 9 }, now);
        follower.forget(Horizon { oldest: 7, next: 9 }, later);
        assert_eq!(follower.cursor(), open, "8 may have been given it");
        follower.forget(Horizon { oldest: 8, next: 30 }, later);
        assert_eq!(follower.cursor(), open);
        follower.forget(Horizon { oldest: 9, next: 30 }, later);
        assert_eq!(follower.cursor(), Cursor { last: 14, open: vec![] });
    }
}
