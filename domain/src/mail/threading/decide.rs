//! Walks the steps in their order and turns the first evidence that holds into a decision.

use super::super::address::normalise_address;
use super::super::class::MailClass;
use super::super::facts::{MailFacts, SenderTrust};
use super::super::note::{Code, Note};
use super::super::token::recipient_fp;
use super::evidence::Evidence;
use super::matrix::{Sender, Strength, Verdict, verdict};
use super::{Author, Decision, Lookups, QuarantineReason, Reason, Step, Threading, TicketFacts};

/// Most people that one mail may add to a ticket.
pub const MAX_CC: usize = 20;

struct Walk<'a> {
    facts: &'a MailFacts,
    class: MailClass,
    lookups: &'a Lookups,
    trust: SenderTrust,
    senders: Vec<String>,
    reasons: Vec<Reason>,
}

/// Decides where a mail goes.
#[must_use]
pub fn decide(facts: &MailFacts, class: MailClass, evidence: &Evidence, lookups: &Lookups) -> Threading {
    let (trust, why) = facts.trust();
    let senders = facts.from.iter().map(|a| normalise_address(&a.address)).collect();
    let mut walk = Walk {
        facts,
        class,
        lookups,
        trust,
        senders,
        reasons: Vec::new(),
    };
    let label = match trust {
        SenderTrust::Verified => Code::SenderVerified,
        SenderTrust::Unknown => Code::SenderNotVerified,
        SenderTrust::Failed => Code::SenderNotBelieved,
    };
    walk.note(Step::Authentication, why, label);
    let decision = walk.decide(evidence);
    let outcome = match &decision {
        Decision::Append { ticket, .. } => Note::ticket(Code::AppendedTo, *ticket),
        Decision::AppendUnverifiedNote { ticket } => Note::ticket(Code::UnverifiedNoteOn, *ticket),
        Decision::Quarantine { .. } => Code::Quarantined.into(),
        Decision::HoldThirdParty { ticket } => Note::ticket(Code::HeldOn, *ticket),
        Decision::SuggestAndNew { related } => Note::ticket(Code::NewTicketRelated, *related),
        Decision::FollowUp { of } => Note::ticket(Code::NewTicketFollowUp, *of),
        Decision::NewTicket => Code::NewTicket.into(),
        Decision::DeliveryEvent { .. } => Code::DeliveryEvent.into(),
        Decision::DropOwnLoop => Code::OwnMailDropped.into(),
    };
    walk.note(
        Step::Outcome,
        Note::new(Code::Class).with("class", class.as_str()),
        outcome,
    );
    Threading {
        decision,
        reasons: walk.reasons,
    }
}

impl Walk<'_> {
    fn note(&mut self, step: Step, evidence: impl Into<Note>, outcome: impl Into<Note>) {
        self.reasons.push(Reason {
            step,
            evidence: evidence.into(),
            outcome: outcome.into(),
        });
    }

    fn decide(&mut self, evidence: &Evidence) -> Decision {
        if self.class == MailClass::OwnLoop {
            return Decision::DropOwnLoop;
        }
        if self.class.is_report() {
            return self.report(evidence);
        }
        for token in &evidence.tokens {
            let seen = Note::ticket(Code::SignedToken, token.ticket).with("place", token.place.as_str());
            let Some(ticket) = self.ticket(token.ticket, token.step, &seen) else {
                continue;
            };
            let own_token = self.senders.iter().any(|s| recipient_fp(s) == token.recipient);
            return self.apply(token.step, seen, Strength::Signed, &ticket, own_token);
        }
        let lookups = self.lookups;
        for id in &evidence.foreign_ids {
            let Some((_, number)) = lookups.foreign.iter().find(|(stored, _)| stored == id) else {
                continue;
            };
            let seen = Note::new(Code::KnownMessageId).with("id", id);
            let Some(ticket) = self.ticket(*number, Step::ForeignId, &seen) else {
                continue;
            };
            return self.apply(Step::ForeignId, seen, Strength::Weak, &ticket, false);
        }
        for number in &evidence.subject_tokens {
            let seen = Note::ticket(Code::SubjectNumber, *number);
            let Some(ticket) = self.ticket(*number, Step::SubjectToken, &seen) else {
                continue;
            };
            return self.apply(Step::SubjectToken, seen, Strength::Weak, &ticket, false);
        }
        self.without_thread()
    }

    /// Steps 7 and 8, and no evidence at all.
    fn without_thread(&mut self) -> Decision {
        if let Some(number) = self.lookups.external {
            let seen = Note::from(Code::PartnerReference);
            if let Some(ticket) = self.ticket(number, Step::ExternalReference, &seen) {
                if self.trust == SenderTrust::Failed {
                    self.note(Step::ExternalReference, seen, Code::HintNotBelieved);
                    return Decision::SuggestAndNew { related: ticket.number };
                }
                self.note(Step::ExternalReference, seen, Code::AllowedForDomain);
                return self.append(&ticket, Author::Participant, false);
            }
        }
        if self.class == MailClass::Ooo {
            self.note(Step::Outcome, Code::OutOfOfficeReply, Code::AnswersNothing);
            return Decision::Quarantine {
                reason: QuarantineReason::OrphanAutoReply,
                ticket: None,
            };
        }
        if let Some(related) = self.lookups.same_subject.filter(|_| self.trust != SenderTrust::Failed) {
            self.note(Step::SameSubject, Code::SameSenderAndSubject, Code::Hint);
            return Decision::SuggestAndNew { related };
        }
        Decision::NewTicket
    }

    fn report(&mut self, evidence: &Evidence) -> Decision {
        let token = evidence
            .tokens
            .iter()
            .find(|t| t.message.is_some())
            .or(evidence.tokens.first());
        let foreign = || {
            let known = |id: &String| {
                self.lookups
                    .foreign
                    .iter()
                    .find(|(stored, _)| stored == id)
                    .map(|(_, n)| *n)
            };
            evidence.foreign_ids.iter().find_map(known)
        };
        let event = Decision::DeliveryEvent {
            ticket: token.map(|t| t.ticket).or_else(foreign),
            message: token.and_then(|t| t.message),
            outgoing: evidence.outgoing,
        };
        let seen = match (evidence.outgoing, token) {
            (Some(_), _) => Code::SignedBounceAddress,
            (None, Some(_)) => Code::SignedMessageId,
            (None, None) => Code::NoMarkOfOurs,
        };
        self.note(Step::Report, seen, Code::NeverAMessage);
        event
    }

    fn ticket(&mut self, number: i64, step: Step, seen: &Note) -> Option<TicketFacts> {
        let found = self
            .lookups
            .tickets
            .iter()
            .find(|(named, _)| *named == number)
            .map(|(_, t)| t.clone());
        match &found {
            None => self.note(step, seen.clone(), Code::NoSuchTicket),
            Some(ticket) => {
                if let Some(from) = ticket.merged_from {
                    self.note(
                        step,
                        seen.clone(),
                        Note::ticket(Code::MergedInto, ticket.number).with("source", from),
                    );
                }
            }
        }
        found
    }

    fn sender(&self, ticket: &TicketFacts, own_token: bool) -> Sender {
        let takes_part = ticket
            .participants
            .iter()
            .map(|p| normalise_address(p))
            .any(|p| self.senders.contains(&p));
        if self.lookups.sender_is_agent {
            Sender::Agent { own_token }
        } else if takes_part {
            Sender::Participant
        } else if ticket.sender_in_organisation {
            Sender::Organisation
        } else {
            Sender::Stranger
        }
    }

    fn apply(&mut self, step: Step, seen: Note, strength: Strength, ticket: &TicketFacts, own_token: bool) -> Decision {
        let sender = self.sender(ticket, own_token);
        let signed = strength == Strength::Signed;
        let result = verdict(strength, sender, self.trust);
        let judged = Note::new(Code::Judged)
            .with("sender", sender.as_str())
            .with("verdict", result.as_str());
        self.note(step, seen, judged);
        match result {
            Verdict::Append => self.append(ticket, Author::Participant, signed),
            Verdict::AppendAsContact => self.append(ticket, Author::OrganisationContact, false),
            Verdict::AppendAsAgent => self.append(ticket, Author::Agent, false),
            Verdict::UnverifiedNote => Decision::AppendUnverifiedNote { ticket: ticket.number },
            Verdict::Quarantine => Decision::Quarantine {
                reason: QuarantineReason::ForgedParticipant,
                ticket: Some(ticket.number),
            },
            // Nobody watches a closed ticket, so a stranger's reply to it would never be seen there.
            Verdict::Hold if ticket.closed => Decision::SuggestAndNew { related: ticket.number },
            Verdict::Hold => Decision::HoldThirdParty { ticket: ticket.number },
            Verdict::Suggest => Decision::SuggestAndNew { related: ticket.number },
        }
    }

    fn append(&self, ticket: &TicketFacts, author: Author, may_add_cc: bool) -> Decision {
        let human = matches!(self.class, MailClass::Human | MailClass::Bulk);
        // Only a customer opens by a reply what is closed; what an agent writes to it goes on in another ticket.
        if ticket.closed && human && (!ticket.reopenable || author == Author::Agent) {
            return Decision::FollowUp { of: ticket.number };
        }
        let mut add_cc = Vec::new();
        if may_add_cc && !ticket.closed && self.class == MailClass::Human {
            for address in self
                .facts
                .to
                .iter()
                .chain(&self.facts.cc)
                .map(|a| normalise_address(&a.address))
            {
                let known = ticket.participants.iter().any(|p| normalise_address(p) == address);
                let valid = super::super::address::check_addr_spec(&address).is_ok();
                if valid
                    && !known
                    && !add_cc.contains(&address)
                    && !self.lookups.own.contains(&address)
                    && add_cc.len() < MAX_CC
                {
                    add_cc.push(address);
                }
            }
        }
        let may_change_state = self.class == MailClass::Human;
        let reopen = ticket.closed && may_change_state;
        Decision::Append {
            ticket: ticket.number,
            author,
            may_change_state,
            reopen,
            add_cc,
        }
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
