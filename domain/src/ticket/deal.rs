//! Who gets the next ticket of a group.

use uuid::Uuid;

use crate::words::words;

words! {
    /// How a group's tickets are dealt out.
    Strategy {
        /// They wait until somebody takes them.
        Off = "off",
        /// One after the other.
        RoundRobin = "round_robin",
        /// Whoever has least to do.
        LeastLoaded = "least_loaded",
        /// Whoever has most of the skills that the ticket's category wants, then whoever has least to do.
        Skills = "skills",
    }
}

/// Somebody who may be dealt a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Agent.
    pub id: Uuid,
    /// Tickets he has under way.
    pub open: i64,
    /// At how many he is dealt no more.
    pub capacity: Option<i64>,
    /// He is not there.
    pub away: bool,
    /// When he had his turn last.
    pub turn: i64,
    /// What he knows.
    pub skills: Vec<String>,
}

impl Candidate {
    /// He is there and has room.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !self.away && self.capacity.is_none_or(|capacity| self.open < capacity)
    }

    fn knows(&self, wanted: &[String]) -> usize {
        wanted.iter().filter(|skill| self.skills.contains(skill)).count()
    }
}

/// Whose turn it is; `None` when nobody is available. Of equals it is the one whose last turn is longest ago.
#[must_use]
pub fn choose(strategy: Strategy, candidates: &[Candidate], wanted: &[String]) -> Option<usize> {
    let available = candidates.iter().enumerate().filter(|(_, one)| one.is_available());
    let chosen = match strategy {
        Strategy::Off => None,
        Strategy::RoundRobin => available.min_by_key(|(_, one)| (one.turn, one.id)),
        Strategy::LeastLoaded => available.min_by_key(|(_, one)| (one.open, one.turn, one.id)),
        Strategy::Skills => {
            available.min_by_key(|(_, one)| (std::cmp::Reverse(one.knows(wanted)), one.open, one.turn, one.id))
        }
    };
    chosen.map(|(n, _)| n)
}

/// Gives it to him: what the next choice counts with.
pub fn give(candidates: &mut [Candidate], chosen: usize) {
    let last = candidates.iter().map(|one| one.turn).max().unwrap_or_default();
    if let Some(one) = candidates.get_mut(chosen) {
        one.open += 1;
        one.turn = last + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Strategy, *};
    use crate::words::WordSet;

    fn candidate(n: u128, open: i64) -> Candidate {
        Candidate {
            id: Uuid::from_u128(n),
            open,
            capacity: None,
            away: false,
            turn: 0,
            skills: Vec::new(),
        }
    }

    fn deal(strategy: Strategy, all: &mut [Candidate], tickets: usize) -> Vec<usize> {
        let mut got = vec![0; all.len()];
        for _ in 0..tickets {
            let Some(n) = choose(strategy, all, &[]) else { break };
            give(all, n);
            got[n] += 1;
        }
        got
    }

    #[test]
    fn skills_go_before_load_and_nobody_is_left_out_when_none_knows() {
        let mut all = [candidate(1, 0), candidate(2, 5), candidate(3, 6)];
        all[1].skills = vec!["dns".to_owned()];
        all[2].skills = vec!["dns".to_owned(), "linux".to_owned()];
        let wanted = ["dns".to_owned(), "linux".to_owned()];
        assert_eq!(choose(Strategy::Skills, &all, &wanted), Some(2));
        assert_eq!(
            choose(Strategy::Skills, &all, &wanted[..1]),
            Some(1),
            "of those who know, the one with less"
        );
        assert_eq!(choose(Strategy::Skills, &all, &["oracle".to_owned()]), Some(0));
        all[2].away = true;
        assert_eq!(choose(Strategy::Skills, &all, &wanted), Some(1));
        assert_eq!(choose(Strategy::Off, &all, &[]), None);
    }

    proptest! {
        #[test]
        fn round_robin_differs_by_one_at_most(loads in prop::collection::vec(0..50i64, 1..8), tickets in 0..200usize) {
            let mut all: Vec<Candidate> = (1..).zip(loads).map(|(n, open)| candidate(n, open)).collect();
            let got = deal(Strategy::RoundRobin, &mut all, tickets);
            prop_assert!(got.iter().max().unwrap() - got.iter().min().unwrap() <= 1);
            prop_assert_eq!(got.iter().sum::<usize>(), tickets);
        }

        #[test]
        fn least_loaded_ends_level(loads in prop::collection::vec(0..20i64, 2..8)) {
            let mut all: Vec<Candidate> = (1..).zip(loads).map(|(n, open)| candidate(n, open)).collect();
            deal(Strategy::LeastLoaded, &mut all, 500);
            let open = all.iter().map(|one| one.open);
            prop_assert!(open.clone().max().unwrap() - open.min().unwrap() <= 1);
        }

        #[test]
        fn nobody_gets_more_than_he_takes(
            people in prop::collection::vec((0..10i64, 1..10i64, any::<bool>()), 1..6), strategy in 0..4usize,
        ) {
            let mut all: Vec<Candidate> = (1..).zip(&people).map(|(n, (open, capacity, away))| Candidate {
                capacity: Some(*capacity), away: *away, ..candidate(n, *open)
            }).collect();
            let got = deal(Strategy::ALL[strategy], &mut all, 200);
            for ((one, got), (open, capacity, away)) in all.iter().zip(got).zip(people) {
                prop_assert!(got == 0 || (!away && one.open <= capacity));
                prop_assert_eq!(one.open, open + i64::try_from(got).unwrap());
            }
        }
    }
}
