//! Live events: one task reads the event log for the whole process and hands each event to those who may see it.

mod follow;
mod hub;

pub(crate) use follow::Follower;
pub use hub::Hub;
pub(crate) use hub::{Listening, Live};

/// A place in the event log: everything up to `last` was seen but for `open`, ids that were given and not yet committed.
/// Browsers keep it as the id of the last event, so that a resumed stream misses nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    last: i64,
    open: Vec<i64>,
}

/// Open ids that a cursor names; older ones are in practice transactions that were rolled back.
const MAX_OPEN: usize = 50;

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.last)?;
        for id in &self.open {
            write!(f, ".{id}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.').take(MAX_OPEN + 1).map(str::parse);
        let last = parts.next().unwrap_or(Ok(0))?;
        let open = parts.collect::<Result<Vec<i64>, _>>()?;
        Ok(Self { last, open })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        for cursor in [
            Cursor { last: 7, open: vec![] },
            Cursor {
                last: 105,
                open: vec![101, 103],
            },
        ] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
        assert!("x".parse::<Cursor>().is_err());
        assert!("".parse::<Cursor>().is_err());
    }
}
