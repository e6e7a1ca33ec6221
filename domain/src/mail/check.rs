//! What a check of a mailbox's settings found, step by step.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// The steps in their order.
    CheckStep {
        /// The IMAP server is reached, and the connection secured as asked.
        Connect = "connect",
        /// It takes user and password.
        SignIn = "sign_in",
        /// It opens the folder.
        Folder = "folder",
        /// The server that mail goes out through is reached and takes our credentials.
        Send = "send",
    }
}

words! {
    /// How far a step is.
    CheckState {
        /// Not begun.
        Waiting = "waiting",
        /// At work.
        Running = "running",
        /// It works.
        Passed = "passed",
        /// It does not work.
        Failed = "failed",
        /// Not tried, since one before it failed.
        Skipped = "skipped",
    }
}

words! {
    /// Why a step failed.
    CheckFault {
        /// The settings cannot work.
        Settings = "settings",
        /// The server is not reached, or the connection is not secured as asked.
        Unreachable = "unreachable",
        /// The server does not answer in time.
        TimedOut = "timed_out",
        /// The server refuses user or password.
        SignIn = "sign_in",
        /// The server refuses.
        Refused = "refused",
    }
}

words! {
    /// How far a check as a whole is.
    CheckResult {
        /// Not at its end.
        Running = "running",
        /// Everything works.
        Passed = "passed",
        /// Something does not.
        Failed = "failed",
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub step: CheckStep,
    /// How far it is.
    pub state: CheckState,
    /// Why it failed.
    pub fault: Option<CheckFault>,
    /// The server's words, or what went wrong on the way.
    pub detail: Option<String>,
    /// Mails in the folder.
    pub mails: Option<u32>,
}

/// The steps of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checks(pub Vec<Check>);

impl Checks {
    /// Nothing was tried yet. `fetches` = mail is fetched from a server.
    #[must_use]
    pub fn new(fetches: bool) -> Self {
        let all = [
            CheckStep::Connect,
            CheckStep::SignIn,
            CheckStep::Folder,
            CheckStep::Send,
        ];
        let steps = all.into_iter().filter(|step| fetches || *step == CheckStep::Send);
        let waiting = |step| Check {
            step,
            state: CheckState::Waiting,
            fault: None,
            detail: None,
            mails: None,
        };
        Self(steps.map(waiting).collect())
    }

    fn of(&mut self, step: CheckStep) -> Option<&mut Check> {
        self.0.iter_mut().find(|check| check.step == step)
    }

    /// A step begins.
    pub fn begin(&mut self, step: CheckStep) {
        if let Some(check) = self.of(step) {
            check.state = CheckState::Running;
        }
    }

    /// A step works; `mails` = how many the folder holds.
    pub fn pass(&mut self, step: CheckStep, mails: Option<u32>) {
        if let Some(check) = self.of(step) {
            (check.state, check.mails) = (CheckState::Passed, mails);
        }
    }

    /// A step does not work; those of the same server that come after it are not tried.
    pub fn fail(&mut self, step: CheckStep, fault: CheckFault, detail: &str) {
        for check in &mut self.0 {
            if check.step == step {
                (check.state, check.fault) = (CheckState::Failed, Some(fault));
                check.detail = Some(detail.chars().take(500).collect());
            } else if check.step > step && check.step != CheckStep::Send {
                check.state = CheckState::Skipped;
            }
        }
    }

    /// How far all is.
    #[must_use]
    pub fn result(&self) -> CheckResult {
        let any = |state| self.0.iter().any(|check| check.state == state);
        if any(CheckState::Waiting) || any(CheckState::Running) {
            CheckResult::Running
        } else if any(CheckState::Failed) {
            CheckResult::Failed
        } else {
            CheckResult::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_failure_is_skipped_but_sending_is_tried() {
        let mut checks = Checks::new(true);
        checks.begin(CheckStep::Connect);
        assert_eq!(checks.result(), CheckResult::Running);
        checks.pass(CheckStep::Connect, None);
        checks.fail(CheckStep::SignIn, CheckFault::SignIn, "no");
        assert_eq!(checks.result(), CheckResult::Running, "sending waits");
        checks.pass(CheckStep::Send, None);
        let states: Vec<CheckState> = checks.0.iter().map(|check| check.state).collect();
        assert_eq!(
            states,
            [
                CheckState::Passed,
                CheckState::Failed,
                CheckState::Skipped,
                CheckState::Passed
            ]
        );
        assert_eq!(checks.result(), CheckResult::Failed);
    }

    #[test]
    fn a_mailbox_that_is_posted_to_only_sends() {
        let mut checks = Checks::new(false);
        assert_eq!(checks.0.len(), 1);
        checks.pass(CheckStep::Send, None);
        assert_eq!(checks.result(), CheckResult::Passed);
    }
}
