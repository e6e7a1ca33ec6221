//! Renewing an approval ahead of its end: a second case beside the one that is in force. The approval holds until the second one is
//! approved, or until its own end; there is never more than one case that is open, nor more than one in force.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Policy, Refusal, State};

/// From when on an approval that ends then may be renewed.
#[must_use]
pub fn opens_at(policy: Policy, expires_at: DateTime<Utc>) -> DateTime<Utc> {
    // What no calendar holds is as good as always.
    TimeDelta::try_days(policy.renewal_days)
        .and_then(|days| expires_at.checked_sub_signed(days))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Whether a second case may begin beside one that stands at `state` and holds until `expires_at`. `under_way` says that one did.
///
/// # Errors
/// [`Refusal::State`] when nothing is in force, [`Refusal::RenewalOpen`], [`Refusal::TooEarly`].
pub fn may_begin(
    policy: Policy,
    state: State,
    expires_at: Option<DateTime<Utc>>,
    under_way: bool,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if state != State::Approved {
        return Err(Refusal::State(state));
    }
    if under_way {
        return Err(Refusal::RenewalOpen);
    }
    match expires_at {
        // Over, and only not marked so yet.
        Some(end) if end <= now => Err(Refusal::State(State::Expired)),
        Some(end) if opens_at(policy, end) <= now => Ok(()),
        _ => Err(Refusal::TooEarly),
    }
}

/// Whether a renewal takes the place of an approval that ended before the renewal was decided: one that is under way does, one that
/// was refused is past with what it was to renew.
#[must_use]
pub const fn takes_place(renewal: State) -> bool {
    matches!(
        renewal,
        State::Collecting | State::Submitted | State::InReview | State::MoreInfo
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approval_is_renewed_in_its_last_days_and_once() {
        let policy = Policy {
            renewal_days: 10,
            ..Policy::default()
        };
        let now = Utc::now();
        let begin = |days: i64| may_begin(policy, State::Approved, Some(now + TimeDelta::days(days)), false, now);
        assert_eq!(begin(11), Err(Refusal::TooEarly));
        assert_eq!(begin(10), Ok(()));
        assert_eq!(begin(1), Ok(()));
        assert_eq!(begin(0), Err(Refusal::State(State::Expired)));
        let soon = Some(now + TimeDelta::days(1));
        assert_eq!(
            may_begin(policy, State::Approved, soon, true, now),
            Err(Refusal::RenewalOpen)
        );
        assert_eq!(
            may_begin(policy, State::Approved, None, false, now),
            Err(Refusal::TooEarly)
        );
        for state in State::ALL.into_iter().filter(|state| *state != State::Approved) {
            assert_eq!(
                may_begin(policy, state, soon, false, now),
                Err(Refusal::State(state)),
                "{state:?}"
            );
        }
    }

    #[test]
    fn only_what_is_under_way_takes_the_place_of_what_ended() {
        let taking: Vec<State> = State::ALL.into_iter().filter(|state| takes_place(*state)).collect();
        assert_eq!(
            taking,
            [State::Collecting, State::Submitted, State::InReview, State::MoreInfo]
        );
    }
}
