//! Policies that no ticket ever falls under, because those asked before them take everything that they would take.

use uuid::Uuid;

use super::{Facts, PolicySpec};
use crate::{customer::Tier, ticket::Priority};

/// Most kinds of ticket of a policy that are told apart; of one with more nothing is said.
const TOLD_APART: usize = 20_000;

/// Kind and tier of a ticket's customer; none where it is nobody's whom we know.
fn customers() -> impl Iterator<Item = Option<(&'static str, &'static str)>> {
    let known = ["individual", "corporate"]
        .into_iter()
        .flat_map(|kind| Tier::ALL.map(|tier| Some((kind, tier.as_str()))));
    known.chain([None])
}

/// Which of the policies asked before `later` take all that it would take, by their places among `earlier`; empty when a ticket may be left for it.
/// `path` gives a category with those above it.
#[must_use]
pub fn taken_before(earlier: &[&PolicySpec], later: &PolicySpec, path: impl Fn(Uuid) -> Vec<Uuid>) -> Vec<usize> {
    let priorities: &[Priority] = if later.priorities.is_empty() {
        &Priority::ALL
    } else {
        &later.priorities
    };
    // Where it takes all groups, a group that it does not name stands for them: nobody can have named it. Categories are alike.
    let groups = if later.groups.is_empty() {
        vec![Uuid::nil()]
    } else {
        later.groups.clone()
    };
    let categories: Vec<Vec<Uuid>> = if later.categories.is_empty() {
        vec![Vec::new()]
    } else {
        later.categories.iter().map(|id| path(*id)).collect()
    };
    let customers: Vec<Option<(&str, &str)>> = customers()
        .filter(|customer| {
            let (kind, tier) = customer.unzip();
            (later.customer_kinds.is_empty() || later.customer_kinds.iter().any(|own| Some(own.as_str()) == kind))
                && (later.customer_tiers.is_empty()
                    || later.customer_tiers.iter().any(|own| Some(own.as_str()) == tier))
        })
        .collect();
    if priorities.len() * groups.len() * categories.len() * customers.len() > TOLD_APART {
        return Vec::new();
    }
    let mut takers = Vec::new();
    for priority in priorities {
        for group in &groups {
            for categories in &categories {
                for customer in &customers {
                    let facts = Facts {
                        priority: *priority,
                        group: *group,
                        categories,
                        customer_kind: customer.map(|known| known.0),
                        customer_tier: customer.map(|known| known.1),
                    };
                    let Some(taker) = earlier.iter().position(|policy| policy.takes(facts)) else {
                        return Vec::new();
                    };
                    if !takers.contains(&taker) {
                        takers.push(taker);
                    }
                }
            }
        }
    }
    takers.sort_unstable();
    takers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sla::{Pause, Targets};

    fn all() -> PolicySpec {
        PolicySpec {
            priorities: Vec::new(),
            groups: Vec::new(),
            categories: Vec::new(),
            customer_kinds: Vec::new(),
            customer_tiers: Vec::new(),
            targets: [Targets::default(); 4],
            pause: Pause::default(),
            warnings: Vec::new(),
            escalations: Vec::new(),
        }
    }

    fn of(priorities: &[Priority]) -> PolicySpec {
        PolicySpec {
            priorities: priorities.to_vec(),
            ..all()
        }
    }

    fn alone(id: Uuid) -> Vec<Uuid> {
        vec![id]
    }

    #[test]
    fn one_that_takes_everything_leaves_nothing() {
        assert_eq!(taken_before(&[&all()], &of(&[Priority::Urgent]), alone), [0]);
        assert_eq!(taken_before(&[&all()], &all(), alone), [0]);
        assert!(taken_before(&[], &all(), alone).is_empty());
        assert!(taken_before(&[&of(&[Priority::Urgent])], &all(), alone).is_empty());
    }

    #[test]
    fn several_may_take_it_together() {
        let low = of(&[Priority::Low, Priority::Medium]);
        let high = of(&[Priority::High, Priority::Urgent]);
        assert_eq!(taken_before(&[&low, &high], &all(), alone), [0, 1]);
        assert_eq!(taken_before(&[&low, &high], &of(&[Priority::High]), alone), [1]);
        // Both kinds of customer are not all: a ticket may be of none.
        let kind = |kind: &str| PolicySpec {
            customer_kinds: vec![kind.to_owned()],
            ..all()
        };
        let (one, many) = (kind("individual"), kind("corporate"));
        assert!(taken_before(&[&one, &many], &all(), alone).is_empty());
        assert_eq!(taken_before(&[&one, &many], &kind("corporate"), alone), [1]);
    }

    #[test]
    fn a_tier_is_taken_with_all_kinds_of_its_customers() {
        let tiers = |tiers: &[Tier]| PolicySpec {
            customer_tiers: tiers.to_vec(),
            ..all()
        };
        let (most, rest) = (tiers(&[Tier::Premium]), tiers(&[Tier::Standard, Tier::Business]));
        let companies = PolicySpec {
            customer_kinds: vec!["corporate".to_owned()],
            ..tiers(&[Tier::Premium])
        };
        assert_eq!(taken_before(&[&most], &companies, alone), [0]);
        assert!(
            taken_before(&[&companies], &most, alone).is_empty(),
            "a person may be one"
        );
        assert!(
            taken_before(&[&most, &rest], &all(), alone).is_empty(),
            "a ticket may be nobody's"
        );
        assert_eq!(taken_before(&[&most, &rest], &tiers(&Tier::ALL), alone), [0, 1]);
    }

    #[test]
    fn a_category_is_taken_with_the_one_above_it_and_not_the_other_way() {
        let (above, below) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let path = |id: Uuid| if id == below { vec![below, above] } else { vec![id] };
        let of = |id: Uuid| PolicySpec {
            categories: vec![id],
            ..all()
        };
        assert_eq!(taken_before(&[&of(above)], &of(below), path), [0]);
        assert!(taken_before(&[&of(below)], &of(above), path).is_empty());
        assert!(taken_before(&[&of(above)], &all(), path).is_empty());
    }

    #[test]
    fn a_named_group_is_not_all_groups() {
        let mut first = all();
        first.groups = vec![Uuid::from_u128(7)];
        let mut second = all();
        second.groups = vec![Uuid::from_u128(7), Uuid::from_u128(8)];
        assert!(taken_before(&[&first], &all(), alone).is_empty());
        assert!(taken_before(&[&first], &second, alone).is_empty());
        assert_eq!(taken_before(&[&second], &first, alone), [0]);
    }
}
