//! The brake on automatic mail of a mailbox that gets or sends far more than it is used to: a loop or a flood that no
//! other rule saw. Mail is taken in all the same; only machines fall silent, and people are told.

/// When automation stops and starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnomalyBrake {
    /// How many times the normal hour is far too much.
    pub factor: u32,
    /// Mails an hour that are never too much: a quiet mailbox has a normal hour of nothing.
    pub floor: u32,
}

impl Default for AnomalyBrake {
    fn default() -> Self {
        Self { factor: 10, floor: 100 }
    }
}

/// What a mailbox did in the last hour, and what it is used to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Mails taken in.
    pub received: u32,
    /// Automatic mails sent.
    pub automatic: u32,
    /// Median of the mails taken in each hour of the last seven days; `None` for a mailbox that is younger than a day
    /// and has no normal yet.
    pub normal: Option<u32>,
}

/// What follows from a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Automation stops.
    Pause,
    /// Automation starts again.
    Resume,
}

impl AnomalyBrake {
    /// Mails an hour above which automation stops.
    #[must_use]
    pub fn limit(&self, normal: u32) -> u32 {
        normal.saturating_mul(self.factor).max(self.floor)
    }

    /// What is to change. Automation starts again at half the limit, so that it does not go on and off.
    #[must_use]
    pub fn judge(&self, flow: Flow, paused: bool) -> Option<Change> {
        let Some(normal) = flow.normal else {
            return paused.then_some(Change::Resume);
        };
        let (limit, most) = (self.limit(normal), flow.received.max(flow.automatic));
        if !paused && most > limit {
            return Some(Change::Pause);
        }
        (paused && most <= limit / 2).then_some(Change::Resume)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(received: u32, automatic: u32, normal: u32) -> Flow {
        Flow {
            received,
            automatic,
            normal: Some(normal),
        }
    }

    #[test]
    fn ten_times_the_normal_hour_is_too_much_and_half_of_it_is_well_again() {
        let brake = AnomalyBrake::default();
        assert_eq!(brake.judge(flow(200, 0, 20), false), None);
        assert_eq!(brake.judge(flow(201, 0, 20), false), Some(Change::Pause));
        assert_eq!(brake.judge(flow(5, 201, 20), false), Some(Change::Pause));
        assert_eq!(brake.judge(flow(101, 0, 20), true), None);
        assert_eq!(brake.judge(flow(100, 0, 20), true), Some(Change::Resume));
    }

    #[test]
    fn a_quiet_mailbox_may_have_a_busy_hour_and_a_new_one_any() {
        let brake = AnomalyBrake::default();
        assert_eq!(brake.judge(flow(100, 100, 0), false), None);
        assert_eq!(brake.judge(flow(101, 0, 0), false), Some(Change::Pause));
        let new = Flow {
            normal: None,
            ..flow(5000, 5000, 0)
        };
        assert_eq!(brake.judge(new, false), None);
        assert_eq!(brake.judge(new, true), Some(Change::Resume));
        assert_eq!(brake.limit(u32::MAX), u32::MAX);
    }
}
