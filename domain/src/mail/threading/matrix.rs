//! The evidence × sender matrix: what a mail may do to a ticket that its evidence names.

use super::super::facts::SenderTrust;

/// How strong the evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Strength {
    /// A token signed by us.
    Signed,
    /// A foreign Message-ID or a subject token: guessable or public.
    Weak,
}

/// Who sent the mail, as far as this ticket is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sender {
    /// Takes part in the ticket.
    Participant,
    /// Contact of the same organisation.
    Organisation,
    /// An agent; the flag tells whether the token was issued to that very agent.
    Agent {
        /// Token and sender belong together.
        own_token: bool,
    },
    /// Anybody else.
    Stranger,
}

impl Sender {
    /// Who he is, as a word.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Organisation => "organisation",
            Self::Agent { own_token: true } => "agent_of_token",
            Self::Agent { own_token: false } => "agent",
            Self::Stranger => "stranger",
        }
    }
}

/// What the matrix allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verdict {
    Append,
    AppendAsContact,
    AppendAsAgent,
    UnverifiedNote,
    Quarantine,
    Hold,
    Suggest,
}

impl Verdict {
    /// What is done, as a word.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::AppendAsContact => "append_as_contact",
            Self::AppendAsAgent => "append_as_agent",
            Self::UnverifiedNote => "unverified_note",
            Self::Quarantine => "quarantine",
            Self::Hold => "hold",
            Self::Suggest => "suggest",
        }
    }
}

/// One cell of the matrix. A sender who fails authentication is believed to be nobody, except that a forged
/// participant is worth a quarantine rather than a ticket.
pub(super) const fn verdict(strength: Strength, sender: Sender, trust: SenderTrust) -> Verdict {
    let failed = matches!(trust, SenderTrust::Failed);
    match (strength, sender) {
        (_, Sender::Participant) if failed => Verdict::Quarantine,
        (_, Sender::Participant) => Verdict::Append,
        (Strength::Signed, Sender::Organisation) if !failed => Verdict::AppendAsContact,
        (Strength::Signed, Sender::Agent { own_token: true }) if matches!(trust, SenderTrust::Verified) => {
            Verdict::AppendAsAgent
        }
        (Strength::Signed, Sender::Agent { .. }) => Verdict::UnverifiedNote,
        (Strength::Signed, Sender::Organisation | Sender::Stranger) => Verdict::Hold,
        (Strength::Weak, Sender::Organisation | Sender::Agent { .. } | Sender::Stranger) => Verdict::Suggest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_matrix() {
        use SenderTrust::{Failed, Unknown, Verified};
        let agent = |own_token| Sender::Agent { own_token };
        let table = [
            (
                Strength::Signed,
                Sender::Participant,
                [Verdict::Append, Verdict::Append, Verdict::Quarantine],
            ),
            (
                Strength::Signed,
                Sender::Organisation,
                [Verdict::AppendAsContact, Verdict::AppendAsContact, Verdict::Hold],
            ),
            (
                Strength::Signed,
                agent(true),
                [Verdict::AppendAsAgent, Verdict::UnverifiedNote, Verdict::UnverifiedNote],
            ),
            (Strength::Signed, agent(false), [Verdict::UnverifiedNote; 3]),
            (Strength::Signed, Sender::Stranger, [Verdict::Hold; 3]),
            (
                Strength::Weak,
                Sender::Participant,
                [Verdict::Append, Verdict::Append, Verdict::Quarantine],
            ),
            (Strength::Weak, Sender::Organisation, [Verdict::Suggest; 3]),
            (Strength::Weak, agent(true), [Verdict::Suggest; 3]),
            (Strength::Weak, agent(false), [Verdict::Suggest; 3]),
            (Strength::Weak, Sender::Stranger, [Verdict::Suggest; 3]),
        ];
        for (strength, sender, cells) in table {
            for (trust, expected) in [Verified, Unknown, Failed].into_iter().zip(cells) {
                assert_eq!(
                    verdict(strength, sender, trust),
                    expected,
                    "{strength:?} {sender:?} {trust:?}"
                );
            }
        }
    }
}
