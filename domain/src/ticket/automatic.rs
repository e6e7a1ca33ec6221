//! What a message does to the state by itself.

use super::State;

/// What a group says about messages of its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conduct {
    /// One ends a hold.
    pub ends_hold: bool,
    /// One that comes now opens the ticket again, if it is closed.
    pub reopens: bool,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            ends_hold: true,
            reopens: false,
        }
    }
}

/// State after a public message of the requester or a contributor that a human wrote.
///
/// `None` = the message does not belong here: the ticket is closed and a follow-up is opened instead.
#[must_use]
pub const fn after_customer_message(state: State, conduct: Conduct) -> Option<State> {
    match state {
        State::InProgress => Some(State::InProgress),
        State::OnHold if !conduct.ends_hold => Some(State::OnHold),
        State::Open | State::Answered | State::WaitingForResponse | State::OnHold | State::Resolved => {
            Some(State::Open)
        }
        State::Closed if conduct.reopens => Some(State::Open),
        State::Closed => None,
    }
}

/// State after an agent's public reply that names no other target.
#[must_use]
pub const fn after_agent_reply(state: State) -> State {
    match state {
        State::Closed | State::Resolved => state,
        State::Open | State::InProgress | State::Answered | State::WaitingForResponse | State::OnHold => {
            State::Answered
        }
    }
}

/// State after the last public reply turned out to be undeliverable for good.
#[must_use]
pub const fn after_delivery_failure(state: State) -> State {
    match state {
        State::Answered | State::WaitingForResponse | State::Resolved => State::Open,
        State::Open | State::InProgress | State::OnHold | State::Closed => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_message_gives_the_ball_to_staff() {
        for state in State::ALL {
            match after_customer_message(state, Conduct::default()) {
                Some(after) => assert_eq!(after.ball(), super::super::state::Ball::Staff),
                None => assert_eq!(state, State::Closed),
            }
        }
    }

    #[test]
    fn a_group_may_keep_a_hold_and_open_what_was_closed_again() {
        let keeps = Conduct {
            ends_hold: false,
            reopens: true,
        };
        for state in State::ALL {
            let usual = after_customer_message(state, Conduct::default());
            let expected = match state {
                State::OnHold => Some(State::OnHold),
                State::Closed => Some(State::Open),
                _ => usual,
            };
            assert_eq!(after_customer_message(state, keeps), expected, "{state:?}");
        }
    }

    #[test]
    fn a_reply_never_opens_a_closed_ticket() {
        assert_eq!(after_agent_reply(State::Closed), State::Closed);
        assert_eq!(after_agent_reply(State::Open), State::Answered);
    }
}
