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
        /// A connection without encryption is allowed to this machine only.
        InTheClear = "in_the_clear",
        /// The server is not reached, or the connection is not secured as asked.
        Unreachable = "unreachable",
        /// No server has this name.
        UnknownName = "unknown_name",
        /// Nothing listens at this port.
        Closed = "closed",
        /// Its certificate is not from an authority that is trusted.
        Untrusted = "untrusted",
        /// Its certificate is for another name.
        OtherName = "other_name",
        /// Its certificate is out of date.
        Outdated = "outdated",
        /// It does not secure the connection in this way at this port.
        NoTls = "no_tls",
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

/// What the libraries that connect say, in lower case, and what it means.
const ON_THE_WAY: [(&str, CheckFault); 14] = [
    ("without tls is allowed", CheckFault::InTheClear),
    ("lookup address", CheckFault::UnknownName),
    ("name or service not known", CheckFault::UnknownName),
    ("no such host", CheckFault::UnknownName),
    ("connection refused", CheckFault::Closed),
    ("not valid for", CheckFault::OtherName),
    ("notvalidforname", CheckFault::OtherName),
    ("certificate expired", CheckFault::Outdated),
    ("certificate: expired", CheckFault::Outdated),
    ("not valid yet", CheckFault::Outdated),
    ("invalid peer certificate", CheckFault::Untrusted),
    ("corrupt message", CheckFault::NoTls),
    ("handshake eof", CheckFault::NoTls),
    ("timed out", CheckFault::TimedOut),
];

impl CheckFault {
    /// What an error on the way to a server means; `otherwise` where its text tells nothing more.
    #[must_use]
    pub fn on_the_way(text: &str, otherwise: Self) -> Self {
        let text = text.to_lowercase();
        ON_THE_WAY
            .into_iter()
            .find(|(part, _)| text.contains(part))
            .map_or(otherwise, |(_, fault)| fault)
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
    /// The server's own words; of what went wrong on the way to it the fault tells.
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

    /// A step does not work; those of the same server that come after it are not tried. `said` are the server's own words.
    pub fn fail(&mut self, step: CheckStep, fault: CheckFault, said: Option<&str>) {
        for check in &mut self.0 {
            if check.step == step {
                (check.state, check.fault) = (CheckState::Failed, Some(fault));
                check.detail = said.map(|words| words.chars().take(500).collect());
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
        checks.fail(CheckStep::SignIn, CheckFault::SignIn, Some("no"));
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
    fn what_went_wrong_on_the_way_has_a_word() {
        let fault = |text| CheckFault::on_the_way(text, CheckFault::Unreachable);
        assert_eq!(fault("Connection refused (os error 111)"), CheckFault::Closed);
        let lookup = "failed to lookup address information: Name or service not known";
        assert_eq!(fault(lookup), CheckFault::UnknownName);
        assert_eq!(fault("invalid peer certificate: UnknownIssuer"), CheckFault::Untrusted);
        assert_eq!(
            fault("invalid peer certificate: certificate not valid for name \"mx.example.dz\""),
            CheckFault::OtherName
        );
        assert_eq!(
            fault("invalid peer certificate: certificate expired: verification time 1"),
            CheckFault::Outdated
        );
        assert_eq!(
            fault("received corrupt message of type InvalidContentType"),
            CheckFault::NoTls
        );
        assert_eq!(fault("Broken pipe"), CheckFault::Unreachable);
    }

    #[test]
    fn a_mailbox_that_is_posted_to_only_sends() {
        let mut checks = Checks::new(false);
        assert_eq!(checks.0.len(), 1);
        checks.pass(CheckStep::Send, None);
        assert_eq!(checks.result(), CheckResult::Passed);
    }
}
