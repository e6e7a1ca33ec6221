//! What an account may be used for, and what its managers may make of that.

/// The state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Invited; its owner has not opened it yet.
    Pending,
    /// In use.
    Active,
    /// Out of use for a while; what belongs to it waits with it.
    Suspended,
    /// Out of use for good, unless an administrator brings it back: what acted in its name is dead.
    Deactivated,
}

/// What a manager does with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Takes it out of use for a while.
    Suspend,
    /// Takes it out of use for good.
    Deactivate,
    /// Brings it back.
    Reactivate,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Suspended, Self::Deactivated];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What becomes of it; `None` where the step makes no sense. One that was never opened is invited again or deleted.
    #[must_use]
    pub const fn after(self, step: Step) -> Option<Self> {
        match (step, self) {
            (Step::Suspend, Self::Active) => Some(Self::Suspended),
            (Step::Deactivate, Self::Active | Self::Suspended) => Some(Self::Deactivated),
            (Step::Reactivate, Self::Suspended | Self::Deactivated) => Some(Self::Active),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_where_it_should_or_nowhere() {
        let table = [
            (Status::Pending, [None, None, None]),
            (
                Status::Active,
                [Some(Status::Suspended), Some(Status::Deactivated), None],
            ),
            (
                Status::Suspended,
                [None, Some(Status::Deactivated), Some(Status::Active)],
            ),
            (Status::Deactivated, [None, None, Some(Status::Active)]),
        ];
        for (from, to) in table {
            let got = [Step::Suspend, Step::Deactivate, Step::Reactivate].map(|step| from.after(step));
            assert_eq!(got, to, "{from:?}");
            assert_eq!(Status::named(from.as_str()), Some(from));
        }
        assert_eq!(Status::named("erased"), None);
    }
}
