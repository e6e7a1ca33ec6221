//! Rules that are there from the first launch. Only what nobody can be surprised by is on: raising what is urgent and nobody's. The others
//! say what is usual, are tried dry, and switched on where they are wanted. Of warnings and breaches whoever must act is told by service
//! levels themselves; the rules about them go further.

use chrono::{DateTime, Utc};
use domain::{
    automation::{Action, Condition, Happening, RuleSpec, Trigger, condition::Since},
    ticket::{Priority, State},
};
use store::{
    PgConn,
    automation::rule::{self, Rule},
};
use uuid::Uuid;

use crate::AppError;

/// Four days, after which what is resolved is done.
const RESOLVED: u32 = 4 * 24 * 60;
/// Seven days, after which an answer to which nobody said anything was one.
const ANSWERED: u32 = 7 * 24 * 60;
/// A quarter of an hour, after which what lies with nobody has been overlooked.
const OVERLOOKED: u32 = 15;

/// Adds the rules that were never there.
pub(crate) async fn seed(conn: &mut PgConn, now: DateTime<Utc>) -> Result<(), AppError> {
    for (seed, name, enabled, spec) in specs() {
        let looks = matches!(spec.trigger, Trigger::Schedule { .. });
        let rule = Rule {
            id: Uuid::now_v7(),
            name: name.to_owned(),
            enabled,
            number: 1,
            spec: serde_json::to_value(&spec).map_err(|error| AppError::Internal(error.to_string()))?,
            next_look_at: looks.then_some(now),
            limit_since: None,
            updated_at: now,
            version: 1,
            held: 0,
            acted: 0,
        };
        rule::insert(conn, &rule, Some(seed), None, now).await?;
    }
    Ok(())
}

fn aged(state: State, minutes: u32) -> Condition {
    Condition::All {
        of: vec![
            Condition::State { any: vec![state] },
            Condition::Age {
                since: Since::State,
                minutes,
            },
        ],
    }
}

fn specs() -> Vec<(&'static str, &'static str, bool, RuleSpec)> {
    let hourly = Trigger::Schedule { every_minutes: 60 };
    vec![
        (
            "close_resolved",
            "Clôture des tickets résolus (4 jours)",
            false,
            RuleSpec {
                trigger: hourly.clone(),
                condition: aged(State::Resolved, RESOLVED),
                actions: vec![Action::State {
                    to: State::Closed,
                    reason: Some("done".to_owned()),
                }],
                limit: 200,
            },
        ),
        (
            "resolve_answered",
            "Résolution des tickets répondus (7 jours)",
            false,
            RuleSpec {
                trigger: hourly,
                condition: aged(State::Answered, ANSWERED),
                actions: vec![Action::State {
                    to: State::Resolved,
                    reason: None,
                }],
                limit: 200,
            },
        ),
        (
            "auto_respond",
            "Réponse automatique à l’ouverture",
            false,
            RuleSpec {
                trigger: Trigger::Event {
                    on: Happening::Created,
                    name: None,
                },
                condition: Condition::Source {
                    any: vec!["mail".to_owned(), "client".to_owned()],
                },
                actions: vec![Action::Reply {
                    body: "Bonjour,\n\nVotre demande est bien arrivée ; un agent vous répond dès que possible."
                        .to_owned(),
                    template_id: None,
                }],
                limit: 100,
            },
        ),
        (
            "auto_assign",
            "Distribution des tickets restés sans agent (15 minutes)",
            false,
            RuleSpec {
                trigger: Trigger::Schedule { every_minutes: 5 },
                condition: Condition::All {
                    of: vec![
                        Condition::State {
                            any: vec![State::Open, State::InProgress],
                        },
                        Condition::Assigned { is: false },
                        Condition::Age {
                            since: Since::State,
                            minutes: OVERLOOKED,
                        },
                    ],
                },
                actions: vec![Action::Deal {}],
                limit: 100,
            },
        ),
        (
            "sla_warning",
            "Alerte : délai bientôt dépassé et aucun agent",
            false,
            RuleSpec {
                trigger: Trigger::Event {
                    on: Happening::SlaWarning,
                },
                condition: Condition::Assigned { is: false },
                actions: vec![Action::Deal {}, Action::Escalate {}],
                limit: 50,
            },
        ),
        (
            "sla_breached",
            "Alerte : délai dépassé, priorité haute ou urgente",
            false,
            RuleSpec {
                trigger: Trigger::Event {
                    on: Happening::SlaBreached,
                },
                condition: Condition::Priority {
                    any: vec![Priority::High, Priority::Urgent],
                },
                actions: vec![Action::Escalate {}],
                limit: 50,
            },
        ),
        (
            "escalate_unassigned",
            "Escalade des tickets urgents sans agent (30 minutes)",
            true,
            RuleSpec {
                trigger: Trigger::Schedule { every_minutes: 5 },
                condition: Condition::All {
                    of: vec![
                        Condition::State { any: vec![State::Open] },
                        Condition::Priority {
                            any: vec![Priority::Urgent],
                        },
                        Condition::Assigned { is: false },
                        Condition::Age {
                            since: Since::State,
                            minutes: 30,
                        },
                    ],
                },
                actions: vec![Action::Escalate {}],
                limit: 50,
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_acts_unasked() {
        let on: Vec<&str> = specs().into_iter().filter(|one| one.2).map(|one| one.0).collect();
        assert_eq!(on, ["escalate_unassigned"]);
        let mut seeds: Vec<&str> = specs().into_iter().map(|one| one.0).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), specs().len(), "each is known by a name of its own");
    }

    #[test]
    fn what_comes_with_the_product_is_sound() {
        for (seed, name, _, spec) in specs() {
            assert_eq!(spec.check(), Ok(()), "{seed}");
            assert!(name.chars().count() <= 80);
        }
    }
}
