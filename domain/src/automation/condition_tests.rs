use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minutes * 60, 0).unwrap()
}

fn facts() -> impl Strategy<Value = Facts> {
    (
        0..7usize,
        0..4usize,
        any::<(bool, bool, bool)>(),
        0..10_000i64,
        0..2u128,
    )
        .prop_map(
            |(state, priority, (assigned, unanswered, sla_breached), minutes, group)| Facts {
                state: State::ALL[state],
                priority: Priority::ALL[priority],
                group: Uuid::from_u128(group),
                categories: if unanswered {
                    vec![Uuid::from_u128(group)]
                } else {
                    Vec::new()
                },
                assignee: assigned.then(Uuid::nil),
                unanswered,
                sla_breached,
                rating: (minutes % 2 == 0).then_some(2),
                tags: if assigned { vec!["vip".to_owned()] } else { Vec::new() },
                subject: "Serveur À l'arrêt".to_owned(),
                source: if unanswered { "mail" } else { "client" }.to_owned(),
                created_at: at(0),
                last_message_at: at(minutes / 2),
                state_since: at(minutes),
            },
        )
}

fn leaf() -> impl Strategy<Value = Condition> {
    prop_oneof![
        (0..7usize).prop_map(|n| Condition::State {
            any: State::ALL[n..].to_vec()
        }),
        (0..4usize).prop_map(|n| Condition::Priority {
            any: vec![Priority::ALL[n]]
        }),
        any::<bool>().prop_map(|is| Condition::Assigned { is }),
        any::<bool>().prop_map(|is| Condition::Unanswered { is }),
        any::<bool>().prop_map(|is| Condition::SlaBreached { is }),
        Just(Condition::Tag { tag: "vip".to_owned() }),
        Just(Condition::Subject {
            text: "à l'ARRÊT".to_owned()
        }),
        Just(Condition::Source {
            any: vec!["mail".to_owned()]
        }),
        (1..20_000u32).prop_map(|minutes| Condition::Age {
            since: Since::State,
            minutes
        }),
        (0..2u128).prop_map(|n| Condition::Group {
            any: vec![Uuid::from_u128(n)]
        }),
        (0..2u128).prop_map(|n| Condition::Category {
            any: vec![Uuid::from_u128(n)]
        }),
    ]
}

fn tree() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|of| Condition::All { of }),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|of| Condition::Any { of }),
            inner.prop_map(|of| Condition::Not { of: Box::new(of) }),
        ]
    })
}

proptest! {
    #[test]
    fn the_reasons_add_up_to_the_verdict(facts in facts(), tree in tree()) {
        fn adds_up(finding: &Finding) -> bool {
            let own = match finding.test.as_str() {
                "all" => finding.of.iter().all(|one| one.holds),
                "any" => finding.of.iter().any(|one| one.holds),
                "not" => !finding.of[0].holds,
                _ => return finding.of.is_empty() && finding.found.is_some(),
            };
            own == finding.holds && finding.of.iter().all(adds_up)
        }
        prop_assert!(adds_up(&tree.look(&facts, at(20_000))));
    }

    #[test]
    fn not_all_is_any_not(facts in facts(), of in prop::collection::vec(tree(), 1..4)) {
        let not = |one: Condition| Condition::Not { of: Box::new(one) };
        let left = not(Condition::All { of: of.clone() });
        let right = Condition::Any { of: of.into_iter().map(not).collect() };
        prop_assert_eq!(left.look(&facts, at(1)).holds, right.look(&facts, at(1)).holds);
    }

    #[test]
    fn what_is_old_enough_stays_so(facts in facts(), minutes in 1..20_000u32, later in 0..50_000i64) {
        let old = Condition::Age { since: Since::Created, minutes };
        if old.look(&facts, at(10_000)).holds {
            prop_assert!(old.look(&facts, at(10_000) + TimeDelta::minutes(later)).holds);
        }
    }

    #[test]
    fn a_candidate_s_state_is_among_those_named(facts in facts(), tree in tree()) {
        if let Some(states) = tree.states() && tree.look(&facts, at(20_000)).holds {
            prop_assert!(states.contains(&facts.state));
        }
    }

    #[test]
    fn a_rule_is_the_same_after_it_was_stored(tree in tree()) {
        let stored = serde_json::to_value(&tree).unwrap();
        prop_assert_eq!(serde_json::from_value::<Condition>(stored).unwrap(), tree);
    }
}
