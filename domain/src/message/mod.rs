//! Everything the product says by mail and text message by itself: when it is said, what may stand in it, and the words it comes with.
//! Words that an installation wrote instead of those are checked and filled in by the same code.

mod catalogue;
pub mod custom;
mod html;
mod variables;
pub mod words;

use std::collections::BTreeMap;

pub use catalogue::Message;
pub use html::{html, letter, pieces};

use crate::{
    locale::Locale,
    mail::anomaly::Flow,
    sms::segments,
    template::{self, Flaw, FlawKind, LENGTH_MAX},
    words::words,
};

words! {
    /// What a message is for.
    Category as "MessageCategory" {
        /// Answers by themselves to those who write.
        Tickets = "tickets",
        /// To holders of accounts.
        Accounts = "accounts",
        /// About the safety of an account; sent always.
        Security = "security",
        /// News to whom they concern.
        Notifications = "notifications",
    }
}

words! {
    /// How a message goes out.
    Channel as "MessageChannel" {
        /// By mail: a subject and a text, of which the HTML is made.
        Mail = "mail",
        /// By text message.
        Sms = "sms",
    }
}

words! {
    /// What a variable holds.
    Kind as "MessageVariableKind" {
        /// One line.
        Line = "line",
        /// A number.
        Number = "number",
        /// An address of a page.
        Link = "link",
        /// Several lines.
        Lines = "lines",
    }
}

/// Something that may stand in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Name, as it stands between braces.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// An example.
    pub sample: &'static str,
    /// There may be nothing to say.
    pub may_be_empty: bool,
}

/// Longest value of one line, in characters: what others chose as their names must not become the message.
const LINE_MAX: usize = 300;

impl Variable {
    /// A value as it may stand in a message. What holds one line stays one, whoever wrote it.
    fn tidy(&self, value: &str) -> String {
        match self.kind {
            Kind::Lines => value.replace('\0', ""),
            Kind::Link => value
                .chars()
                .filter(|c| !c.is_control() && !c.is_whitespace())
                .collect(),
            Kind::Line | Kind::Number => {
                let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                line.trim().chars().take(LINE_MAX).collect()
            }
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
    /// How it goes out.
    pub channel: Channel,
    /// What may stand in it.
    pub variables: &'static [Variable],
    /// What has to stand in its text, or it is of no use.
    pub required: &'static [&'static str],
    /// French, English, Arabic; of mails, the subject is the first line.
    texts: [&'static str; 3],
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

/// What a requester is told while an answer of his is waited for; an empty `date` says that nobody stops waiting.
#[must_use]
pub fn of_wait(number: i64, url: String, date: &str) -> Values {
    Values::from([
        ("ticket.number", number.to_string()),
        ("ticket.url", url),
        ("resolve.date", date.to_owned()),
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
        ("author.name", by.to_owned()),
        ("mention.about", about.to_owned()),
        ("page.url", url),
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

/// What is said of a mailbox that is not read, with what its server says.
#[must_use]
pub fn of_fault(address: &str, url: String, fault: &str) -> Values {
    Values::from([
        ("mailbox.address", address.to_owned()),
        ("mailbox.url", url),
        ("mailbox.fault", fault.to_owned()),
    ])
}

/// What is said of jobs that were given up.
#[must_use]
pub fn of_dead(kind: &str, queue: &str, count: i64, url: String) -> Values {
    Values::from([
        ("job.kind", kind.to_owned()),
        ("job.queue", queue.to_owned()),
        ("job.count", count.to_string()),
        ("page.url", url),
    ])
}

/// What is said of a disk: where it is, its free room in megabytes and in percent of the whole.
#[must_use]
pub fn of_disk(place: &str, (free, whole): (u64, u64), url: String) -> Values {
    let share = free.saturating_mul(100).checked_div(whole).unwrap_or_default();
    Values::from([
        ("disk.place", place.to_owned()),
        ("disk.free", (free / 1_000_000).to_string()),
        ("disk.share", share.to_string()),
        ("page.url", url),
    ])
}

/// What is said of an alert.
#[must_use]
pub fn of_alert(text: String, url: String) -> Values {
    Values::from([("alert.text", text), ("page.url", url)])
}

/// What is said of an event that a program outside raised.
#[must_use]
pub fn of_event(name: &str, title: &str, url: String) -> Values {
    Values::from([
        ("event.name", name.to_owned()),
        ("event.title", title.to_owned()),
        ("page.url", url),
    ])
}

/// Longest subject template, in characters.
pub const SUBJECT_MAX: usize = 300;
/// Most segments of a text message that is filled in with examples: each costs.
pub const SEGMENTS_MAX: usize = 6;

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
    pub fn source(&self, locale: Locale) -> Source<'static> {
        let text = match locale {
            Locale::Fr => self.texts[0],
            Locale::En => self.texts[1],
            Locale::Ar => self.texts[2],
        }
        .trim_end();
        let (subject, body) = match self.channel {
            Channel::Mail => text.split_once("\n\n").unwrap_or((text, "")),
            Channel::Sms => ("", text),
        };
        Source { subject, body }
    }

    /// The example of every variable.
    #[must_use]
    pub fn samples(&self) -> Values {
        self.variables
            .iter()
            .map(|each| (each.name, each.sample.to_owned()))
            .collect()
    }

    /// The examples with nothing where there may be nothing.
    fn bare(&self) -> Values {
        let bare = |each: &Variable| if each.may_be_empty { "" } else { each.sample };
        self.variables
            .iter()
            .map(|each| (each.name, bare(each).to_owned()))
            .collect()
    }

    /// Checks words against what may and must stand in them.
    ///
    /// # Errors
    /// Everything that is wrong, with where.
    pub fn check(&self, source: Source<'_>) -> Result<(), Vec<(Part, Flaw)>> {
        let flaw = |kind| Flaw { line: 1, kind };
        let mut wrong = Vec::new();
        let mail = self.channel == Channel::Mail;
        if mail && source.subject.trim().is_empty() {
            wrong.push((Part::Subject, flaw(FlawKind::Empty)));
        }
        if !mail && !source.subject.is_empty() {
            wrong.push((Part::Subject, flaw(FlawKind::TooLong(0))));
        }
        if source.subject.chars().any(char::is_control) {
            wrong.push((Part::Subject, flaw(FlawKind::OneLine)));
        }
        if source.body.trim().is_empty() {
            wrong.push((Part::Body, flaw(FlawKind::Empty)));
        }
        for (part, text, most) in [
            (Part::Subject, source.subject, SUBJECT_MAX),
            (Part::Body, source.body, LENGTH_MAX),
        ] {
            if text.chars().count() > most {
                wrong.push((part, flaw(FlawKind::TooLong(most))));
            } else {
                let names: Vec<&str> = self.variables.iter().map(|each| each.name).collect();
                let found = template::check(text, &names).err().unwrap_or_default();
                wrong.extend(found.into_iter().map(|flaw| (part, flaw)));
            }
        }
        if wrong.is_empty() {
            self.tried(source, &mut wrong);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Fills words in, with all there may be and with as little as there may be, and notes what is wrong with what comes of it.
    fn tried(&self, source: Source<'_>, wrong: &mut Vec<(Part, Flaw)>) {
        let flaw = |kind| Flaw { line: 1, kind };
        for values in [self.samples(), self.bare()] {
            let filled = match self.fill(source, &values) {
                Ok(filled) => filled,
                Err(found) => {
                    wrong.extend(found.into_iter().map(|flaw| (Part::Body, flaw)));
                    return;
                }
            };
            if self.channel == Channel::Mail && filled.subject.is_empty() {
                wrong.push((Part::Subject, flaw(FlawKind::Empty)));
            }
            for name in self.required {
                if !values
                    .get(name)
                    .is_some_and(|value| filled.body.contains(value.as_str()))
                {
                    wrong.push((Part::Body, flaw(FlawKind::Missing((*name).to_owned()))));
                }
            }
            if wrong.is_empty() && filled.body.trim().is_empty() {
                wrong.push((Part::Body, flaw(FlawKind::Empty)));
            }
            if self.channel == Channel::Sms && segments::count(&filled.body).segments > SEGMENTS_MAX {
                wrong.push((Part::Body, flaw(FlawKind::TooManySegments(SEGMENTS_MAX))));
            }
            if !wrong.is_empty() {
                return;
            }
        }
    }

    /// Fills words in. What the message knows nothing of is left out, and what is not given is empty.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn fill(&self, source: Source<'_>, values: &Values) -> Result<Filled, Vec<Flaw>> {
        let given = |each: &Variable| values.get(each.name).map(|value| each.tidy(value)).unwrap_or_default();
        let values: Values = self.variables.iter().map(|each| (each.name, given(each))).collect();
        let subject = template::render(source.subject, &values)?;
        Ok(Filled {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            body: template::render(source.body, &values)?,
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
