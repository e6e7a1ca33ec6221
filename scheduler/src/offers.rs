//! What was offered to workers lately, so that the same job is not offered again at every look.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use uuid::Uuid;

/// A first offer is repeated after this if nobody took it, later ones after ever longer.
const FIRST_REPEAT: Duration = Duration::from_secs(3);
const MOST_DOUBLINGS: u32 = 4;

#[derive(Debug, Clone, Copy)]
struct Offer {
    attempt: i32,
    at: Instant,
    times: u32,
}

/// Offers of one queue that are still open.
#[derive(Debug, Default)]
pub(crate) struct Offers(HashMap<Uuid, Offer>);

impl Offers {
    /// Of the jobs that are due now, those to offer; forgets those no longer due, because somebody took them.
    pub(crate) fn select(&mut self, due: &[(Uuid, i32)], now: Instant) -> Vec<(Uuid, i32)> {
        let mut open = HashMap::with_capacity(due.len());
        let mut fresh = Vec::new();
        for (id, attempt) in due {
            let earlier = self.0.get(id).filter(|offer| offer.attempt == *attempt);
            let offer = match earlier {
                Some(offer) if now.duration_since(offer.at) < FIRST_REPEAT * (1 << offer.times.min(MOST_DOUBLINGS)) => {
                    *offer
                }
                _ => {
                    fresh.push((*id, *attempt));
                    Offer {
                        attempt: *attempt,
                        at: now,
                        times: earlier.map_or(0, |offer| offer.times + 1),
                    }
                }
            };
            open.insert(*id, offer);
        }
        self.0 = open;
        fresh
    }

    /// Takes offers back that did not reach the transport.
    pub(crate) fn withdraw(&mut self, refs: &[(Uuid, i32)]) {
        for (id, _) in refs {
            self.0.remove(id);
        }
    }

    /// Forgets everything: the transport lost its data.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_once_then_again_after_a_while_and_at_once_for_a_new_attempt() {
        let id = Uuid::now_v7();
        let start = Instant::now();
        let mut offers = Offers::default();
        assert_eq!(offers.select(&[(id, 0)], start), [(id, 0)]);
        assert!(offers.select(&[(id, 0)], start + Duration::from_secs(2)).is_empty());
        assert_eq!(offers.select(&[(id, 0)], start + Duration::from_secs(3)), [(id, 0)]);
        assert!(
            offers.select(&[(id, 0)], start + Duration::from_secs(7)).is_empty(),
            "the pause doubles"
        );
        assert_eq!(offers.select(&[(id, 1)], start + Duration::from_secs(7)), [(id, 1)]);
        assert!(offers.select(&[], start).is_empty());
        assert_eq!(
            offers.select(&[(id, 1)], start + Duration::from_secs(7)),
            [(id, 1)],
            "it left and came back"
        );
    }
}
