//! Everything the product says by mail and text message by itself: when it is said, what may stand in it, and the words it comes with.

mod notices;

use std::collections::BTreeMap;

use crate::{
    locale::Locale,
    mail::anomaly::Flow,
    template::{self, Flaw, FlawKind},
    words::words,
};

words! {
    /// What a message is for.
    Category as "MessageCategory" {
        /// News to whom they concern.
        Notifications = "notifications",
    }
}

words! {
    /// Every message there is.
    Message as "MessageKey" {
        /// A ticket was given to the reader.
        TicketAssigned = "ticket_assigned",
        /// The customer wrote in the reader's ticket.
        CustomerMessage = "customer_message",
        /// A promise will soon be broken.
        SlaWarning = "sla_warning",
        /// A promise was broken.
        SlaBreach = "sla_breach",
        /// A customer is not satisfied with how his ticket was resolved.
        BadRating = "bad_rating",
        /// A colleague mentioned the reader in a note.
        Mention = "mention",
        /// A rule wants somebody to look.
        Rule = "rule",
        /// A mailbox gets far more mail than usual.
        MailFlow = "mail_flow",
        /// Staff answered; told in the centre and by text message, for the answer itself is mailed.
        TicketAnswered = "ticket_answered",
        /// News that waited for its hour.
        Digest = "digest",
        /// News by text message.
        NoticeSms = "notice_sms",
    }
}

impl Message {
    /// What may stand in it, and the words it comes with.
    #[must_use]
    pub const fn spec(self) -> &'static Spec {
        match self {
            Self::TicketAssigned => &notices::TICKET_ASSIGNED,
            Self::CustomerMessage => &notices::CUSTOMER_MESSAGE,
            Self::SlaWarning => &notices::SLA_WARNING,
            Self::SlaBreach => &notices::SLA_BREACH,
            Self::BadRating => &notices::BAD_RATING,
            Self::Mention => &notices::MENTION,
            Self::Rule => &notices::RULE,
            Self::MailFlow => &notices::MAIL_FLOW,
            Self::TicketAnswered => &notices::TICKET_ANSWERED,
            Self::Digest => &notices::DIGEST,
            Self::NoticeSms => &notices::NOTICE_SMS,
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// Subject, of mails.
    pub subject: &'a str,
    /// Text.
    pub body: &'a str,
}

/// A message in its three languages with what may stand in it.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// What it is for.
    pub category: Category,
    /// It is a text message, not a mail.
    pub sms: bool,
    /// What may stand in it, each with an example.
    pub variables: &'static [(&'static str, &'static str)],
    /// What has to stand in its text, or it is of no use.
    pub required: &'static [&'static str],
    /// French, English, Arabic.
    pub sources: [Source<'static>; 3],
}

/// A filled in message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Subject on one line; empty for text messages.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// Values by the names of variables.
pub type Values = BTreeMap<&'static str, String>;

/// What is said of a ticket.
#[must_use]
pub fn of_ticket(number: i64, subject: &str, url: String) -> Values {
    Values::from([
        ("ticket.number", number.to_string()),
        ("ticket.subject", subject.to_owned()),
        ("ticket.url", url),
    ])
}

/// With what is said of a promise.
#[must_use]
pub fn of_clock(mut values: Values, clock: &str, due: &str) -> Values {
    values.insert("clock", clock.to_owned());
    values.insert("due", due.to_owned());
    values
}

/// With what a customer thinks of a resolution, 1 to 5.
#[must_use]
pub fn of_rating(mut values: Values, rating: i16) -> Values {
    values.insert("rating", rating.to_string());
    values
}

/// Who mentioned the reader, in a note about what, and where it is read.
#[must_use]
pub fn of_mention(by: &str, about: &str, url: String) -> Values {
    Values::from([
        ("mention.by", by.to_owned()),
        ("mention.about", about.to_owned()),
        ("mention.url", url),
    ])
}

/// What is said of a mailbox whose flow of mail is unusual.
#[must_use]
pub fn of_flow(address: &str, url: String, flow: Flow) -> Values {
    Values::from([
        ("mailbox.address", address.to_owned()),
        ("mailbox.url", url),
        ("flow.received", flow.received.to_string()),
        ("flow.automatic", flow.automatic.to_string()),
        ("flow.normal", flow.normal.unwrap_or_default().to_string()),
    ])
}

/// Longest subject template, in characters.
pub const SUBJECT_MAX: usize = 300;

/// Where in a message something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The subject.
    Subject,
    /// The text.
    Body,
}

impl Spec {
    /// The words it comes with.
    #[must_use]
    pub const fn source(&self, locale: Locale) -> Source<'static> {
        match locale {
            Locale::Fr => self.sources[0],
            Locale::En => self.sources[1],
            Locale::Ar => self.sources[2],
        }
    }

    /// The example of every variable.
    #[must_use]
    pub fn samples(&self) -> Values {
        self.variables
            .iter()
            .map(|(name, sample)| (*name, (*sample).to_owned()))
            .collect()
    }

    /// Checks words against what may and must stand in them.
    ///
    /// # Errors
    /// Everything that is wrong, with where.
    pub fn check(&self, source: Source<'_>) -> Result<(), Vec<(Part, Flaw)>> {
        let samples = self.samples();
        let mut wrong = Vec::new();
        for (part, text) in [(Part::Subject, source.subject), (Part::Body, source.body)] {
            let found = template::render(text, &samples).err().unwrap_or_default();
            wrong.extend(found.into_iter().map(|flaw| (part, flaw)));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let filled = self
            .fill(source, &samples)
            .map(|filled| filled.body)
            .unwrap_or_default();
        for name in self.required {
            if !filled.contains(&samples[name]) {
                let kind = FlawKind::Missing((*name).to_owned());
                wrong.push((Part::Body, Flaw { line: 1, kind }));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Fills words in.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn fill(&self, source: Source<'_>, values: &Values) -> Result<Filled, Vec<Flaw>> {
        let subject = template::render(source.subject, values)?;
        Ok(Filled {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            body: template::render(source.body, values)?,
        })
    }

    /// Fills in the words it comes with; they are right, which a test shows.
    #[must_use]
    pub fn usual(&self, locale: Locale, values: &Values) -> Filled {
        self.fill(self.source(locale), values).unwrap_or_else(|flaws| Filled {
            subject: flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            body: String::new(),
        })
    }
}

#[cfg(test)]
mod tests;
