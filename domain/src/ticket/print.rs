//! A ticket on paper: what is said of it, in whose words, and how much of it.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

use super::{Priority, State};
use crate::{
    locale::Locale,
    paper::{Entry, Paper, isolated, ltr},
    permission::Texts,
};

/// Characters of one message that are printed.
pub const MESSAGE_CHARS: usize = 20_000;
/// Lines of one message that are printed.
pub const MESSAGE_LINES: usize = 400;
/// Messages that are read for one document.
pub const MESSAGES: usize = 1000;
/// Characters that are read for one document: more than its pages hold.
pub const CHARS: usize = 1_000_000;
/// Names of files that are printed of one message.
pub const FILES: usize = 50;

const fn texts(en: &'static str, fr: &'static str, ar: &'static str) -> Texts {
    Texts { en, fr, ar }
}

const TICKET: Texts = texts("Ticket", "Ticket", "تذكرة");
const NO_SUBJECT: Texts = texts("(no subject)", "(sans objet)", "(بلا موضوع)");
const REQUESTER: Texts = texts("Requester", "Demandeur", "مقدّم الطلب");
const STATE: Texts = texts("State", "État", "الحالة");
const PRIORITY: Texts = texts("Priority", "Priorité", "الأولوية");
const CATEGORY: Texts = texts("Category", "Catégorie", "الفئة");
const GROUP: Texts = texts("Group", "Groupe", "المجموعة");
const ASSIGNEE: Texts = texts("Assigned to", "Affecté à", "مسندة إلى");
const OPENED: Texts = texts("Opened", "Ouvert le", "تاريخ الفتح");
const CHANGED: Texts = texts("Last change", "Dernière modification", "آخر تغيير");
const MESSAGES_IN: Texts = texts("Messages", "Messages", "الرسائل");
const STAFF: Texts = texts("support", "support", "الدعم");
const NOTE: Texts = texts(
    "Private note: not for the customer",
    "Note privée : pas pour le client",
    "ملاحظة خاصة: ليست للعميل",
);
const HELD: Texts = texts(
    "Held: nobody has let this message in yet",
    "En attente : personne n’a encore admis ce message",
    "معلّقة: لم يقبل أحد هذه الرسالة بعد",
);
const EMPTY: Texts = texts("(no text)", "(pas de texte)", "(بلا نص)");
const QUOTED: Texts = texts(
    "Quoted text is left out.",
    "Le texte cité est omis.",
    "لم يُدرج النص المقتبس.",
);
const CUT: Texts = texts(
    "This message is longer; the rest is left out.",
    "Ce message est plus long ; la suite est omise.",
    "هذه الرسالة أطول؛ لم يُدرج ما تبقى منها.",
);
const FILE: Texts = texts("File:", "Fichier :", "ملف:");
const MORE_FILES: Texts = texts("More files:", "Autres fichiers :", "ملفات أخرى:");
const LEFT_OUT: Texts = texts(
    "Messages left out because the document would become too long:",
    "Messages omis, car le document deviendrait trop long :",
    "رسائل لم تُدرج لأن المستند سيصبح طويلًا جدًا:",
);
const PRINTED: Texts = texts("printed", "imprimé le", "طُبعت في");
const MONTHS: [Texts; 12] = [
    texts("January", "janvier", "جانفي"),
    texts("February", "février", "فيفري"),
    texts("March", "mars", "مارس"),
    texts("April", "avril", "أفريل"),
    texts("May", "mai", "ماي"),
    texts("June", "juin", "جوان"),
    texts("July", "juillet", "جويلية"),
    texts("August", "août", "أوت"),
    texts("September", "septembre", "سبتمبر"),
    texts("October", "octobre", "أكتوبر"),
    texts("November", "novembre", "نوفمبر"),
    texts("December", "décembre", "ديسمبر"),
];
const UNITS: [Texts; 3] = [
    texts("B", "o", "بايت"),
    texts("kB", "ko", "كيلوبايت"),
    texts("MB", "Mo", "ميغابايت"),
];

/// What is printed of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everybody who takes part sees it.
    Public,
    /// Staff alone.
    Note,
    /// Staff have to judge it first.
    Held,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Said {
    /// Who wrote it.
    pub by: String,
    /// He is of the staff.
    pub staff: bool,
    /// Who sees it.
    pub kind: Kind,
    /// When.
    pub at: DateTime<Utc>,
    /// Its words.
    pub words: Words,
    /// Its files, and their sizes in bytes.
    pub files: Vec<(String, u64)>,
    /// Files that are not named.
    pub more_files: usize,
}

/// The part of a message that is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Plain text.
    pub text: String,
    /// What it quotes is left out.
    pub without_quote: bool,
    /// The rest is left out.
    pub cut: bool,
}

impl Words {
    /// The own words of a message, as far as there is room. What it quotes (from this byte on) stands before it already; a message that
    /// says nothing else is printed with it.
    #[must_use]
    pub fn of(body: &str, quoted_from: Option<usize>) -> Self {
        let own = quoted_from
            .and_then(|at| body.get(..at))
            .filter(|own| !own.trim().is_empty());
        let mut text = String::new();
        let (mut lines, mut chars, mut blank, mut cut) = (0, 0, 0, false);
        for line in own.unwrap_or(body).trim().lines() {
            let line = line.trim_end();
            blank = if line.is_empty() { blank + 1 } else { 0 };
            if blank > 1 {
                continue;
            }
            lines += 1;
            if lines > MESSAGE_LINES {
                cut = true;
                break;
            }
            let room = MESSAGE_CHARS - chars;
            if let Some((end, _)) = line.char_indices().nth(room) {
                text.push_str(&line[..end]);
                cut = true;
                break;
            }
            chars = (chars + line.chars().count() + 1).min(MESSAGE_CHARS);
            text.push_str(line);
            text.push('\n');
        }
        Self {
            text: text.trim_end().to_owned(),
            without_quote: own.is_some(),
            cut,
        }
    }
}

/// A ticket as somebody may see it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Language of its words.
    pub locale: Locale,
    /// Zone of its times.
    pub zone: Tz,
    /// Whose product it is.
    pub brand: String,
    /// Number.
    pub number: i64,
    /// Subject.
    pub subject: String,
    /// State.
    pub state: State,
    /// Priority.
    pub priority: Priority,
    /// Category, in the language.
    pub category: String,
    /// Requester's name and address.
    pub requester: (String, String),
    /// Group and agent, for staff.
    pub desk: Option<(String, Option<String>)>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it changed last.
    pub changed_at: DateTime<Utc>,
    /// Messages, oldest first.
    pub messages: Vec<Said>,
    /// Messages after them that were not read.
    pub unread: u64,
    /// When it is printed.
    pub at: DateTime<Utc>,
}

/// A moment as people write it, with its distance from UTC.
#[must_use]
pub fn moment(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    let month = MONTHS[local.month0() as usize % 12].of(locale);
    let distance = local.format("%:z").to_string();
    let distance = if distance == "+00:00" {
        "UTC".to_owned()
    } else {
        format!("UTC{distance}")
    };
    let (day, year, time) = (local.day(), local.year(), local.format("%H:%M"));
    match locale {
        Locale::Ar => format!("{day} {month} {year}، {} {}", ltr(&time.to_string()), ltr(&distance)),
        _ => format!("{day} {month} {year}, {time} {distance}"),
    }
}

/// A size as people write it.
#[must_use]
pub fn size(bytes: u64, locale: Locale) -> String {
    let (amount, unit) = match bytes {
        0..1000 => (bytes.to_string(), 0),
        1000..1_000_000 => ((bytes / 1000).to_string(), 1),
        _ => (format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000), 2),
    };
    let amount = if locale == Locale::Fr {
        amount.replace('.', ",")
    } else {
        amount
    };
    format!("{amount} {}", UNITS[unit].of(locale))
}

fn left_out(locale: Locale, n: u64) -> String {
    format!("{} {n}", LEFT_OUT.of(locale))
}

impl Sheet {
    /// The document.
    #[must_use]
    pub fn paper(self) -> Paper {
        let (locale, zone) = (self.locale, self.zone);
        let number = ltr(&format!("#{}", self.number));
        let subject = if self.subject.trim().is_empty() {
            NO_SUBJECT.of(locale).to_owned()
        } else {
            self.subject.clone()
        };
        let (name, address) = &self.requester;
        let requester = if name.is_empty() || name == address {
            address.clone()
        } else {
            format!("{} {}", isolated(name), ltr(&format!("<{address}>")))
        };
        let total = u64::try_from(self.messages.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.unread);
        let mut facts = vec![
            (REQUESTER, requester),
            (STATE, self.state.label(locale).to_owned()),
            (PRIORITY, self.priority.label(locale).to_owned()),
            (CATEGORY, self.category),
        ];
        if let Some((group, agent)) = self.desk {
            facts.push((GROUP, group));
            facts.push((ASSIGNEE, agent.unwrap_or_else(|| "–".to_owned())));
        }
        facts.push((OPENED, moment(self.opened_at, zone, locale)));
        facts.push((CHANGED, moment(self.changed_at, zone, locale)));
        facts.push((MESSAGES_IN, total.to_string()));
        Paper {
            locale,
            title: format!("#{} {}", self.number, self.subject).trim_end().to_owned(),
            above: format!("{} · {} {number}", isolated(&self.brand), TICKET.of(locale)),
            heading: subject,
            facts: facts
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.of(locale).to_owned(), value))
                .collect(),
            entries: self
                .messages
                .into_iter()
                .map(|said| entry(said, locale, zone))
                .collect(),
            unread: self.unread,
            left_out,
            foot: format!(
                "{} {number} · {} {}",
                TICKET.of(locale),
                PRINTED.of(locale),
                moment(self.at, zone, locale)
            ),
            at: self.at,
        }
    }
}

fn entry(said: Said, locale: Locale, zone: Tz) -> Entry {
    let Words {
        text,
        without_quote,
        cut,
    } = said.words;
    let left_out: Vec<&str> = [(cut, CUT), (without_quote, QUOTED)]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, words)| words.of(locale))
        .collect();
    let mut files: Vec<String> = said
        .files
        .into_iter()
        .map(|(name, bytes)| format!("{} {} ({})", FILE.of(locale), isolated(&name), size(bytes, locale)))
        .collect();
    if said.more_files > 0 {
        files.push(format!("{} {}", MORE_FILES.of(locale), said.more_files));
    }
    Entry {
        by: if said.staff {
            format!("{} ({})", isolated(&said.by), STAFF.of(locale))
        } else {
            said.by
        },
        at: moment(said.at, zone, locale),
        mark: match said.kind {
            Kind::Public => None,
            Kind::Note => Some(NOTE.of(locale).to_owned()),
            Kind::Held => Some(HELD.of(locale).to_owned()),
        },
        text: if text.is_empty() {
            EMPTY.of(locale).to_owned()
        } else {
            text
        },
        cut: (!left_out.is_empty()).then(|| left_out.join(" ")),
        files,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn moments_say_their_zone_and_follow_its_clock() {
        let winter = Utc.with_ymd_and_hms(2026, 1, 5, 23, 30, 0).unwrap();
        let summer = Utc.with_ymd_and_hms(2026, 7, 5, 22, 30, 0).unwrap();
        let (paris, algiers) = (chrono_tz::Europe::Paris, chrono_tz::Africa::Algiers);
        assert_eq!(moment(winter, paris, Locale::Fr), "6 janvier 2026, 00:30 UTC+01:00");
        assert_eq!(moment(summer, paris, Locale::En), "6 July 2026, 00:30 UTC+02:00");
        assert_eq!(moment(summer, algiers, Locale::Fr), "5 juillet 2026, 23:30 UTC+01:00");
        assert_eq!(moment(winter, Tz::UTC, Locale::En), "5 January 2026, 23:30 UTC");
        assert!(moment(summer, algiers, Locale::Ar).contains("جويلية"));
    }

    #[test]
    fn sizes_are_rounded_down() {
        assert_eq!(size(999, Locale::En), "999 B");
        assert_eq!(size(12_999, Locale::Fr), "12 ko");
        assert_eq!(size(2_560_000, Locale::Fr), "2,5 Mo");
        assert_eq!(size(2_560_000, Locale::En), "2.5 MB");
    }

    #[test]
    fn a_message_is_printed_without_what_it_quotes_unless_it_says_nothing_else() {
        let body = "Merci.\n\n> Bonjour";
        let words = Words::of(body, Some(8));
        assert_eq!(
            (words.text.as_str(), words.without_quote, words.cut),
            ("Merci.", true, false)
        );
        assert_eq!(Words::of(body, None).text, body);
        assert_eq!(Words::of("> Bonjour", Some(0)).text, "> Bonjour");
        // A place that the text does not have any more.
        assert_eq!(Words::of("é", Some(1)).text, "é");
        assert_eq!(Words::of("a\n\n\n\n\nb   ", None).text, "a\n\nb");
    }

    #[test]
    fn long_messages_are_cut_and_say_so() {
        let long = Words::of(&"é".repeat(1_000_000), None);
        assert_eq!((long.text.chars().count(), long.cut), (MESSAGE_CHARS, true));
        let tall = Words::of(&"x\n".repeat(100_000), None);
        assert_eq!((tall.text.lines().count(), tall.cut), (MESSAGE_LINES, true));
        let many = Words::of(&format!("{}\n", "y".repeat(99)).repeat(300), None);
        assert!(many.cut && many.text.chars().count() <= MESSAGE_CHARS);
        let whole = Words::of(&"z".repeat(MESSAGE_CHARS), None);
        assert!(!whole.cut);
    }

    fn sheet(locale: Locale) -> Sheet {
        let at = Utc.with_ymd_and_hms(2026, 1, 5, 10, 0, 0).unwrap();
        let said = |kind, text: &str| Said {
            by: "Samir".to_owned(),
            staff: kind != Kind::Public,
            kind,
            at,
            words: Words::of(text, None),
            files: vec![("facture.pdf".to_owned(), 12_000)],
            more_files: 3,
        };
        Sheet {
            locale,
            zone: chrono_tz::Africa::Algiers,
            brand: "CloudManager".to_owned(),
            number: 12,
            subject: String::new(),
            state: State::Open,
            priority: Priority::High,
            category: "Facturation".to_owned(),
            requester: ("Samir".to_owned(), "samir@x.dz".to_owned()),
            desk: None,
            opened_at: at,
            changed_at: at,
            messages: vec![said(Kind::Public, "Bonjour"), said(Kind::Note, "")],
            unread: 4,
            at,
        }
    }

    #[test]
    fn notes_are_marked_and_a_customers_sheet_says_nothing_of_the_desk() {
        let paper = sheet(Locale::En).paper();
        assert_eq!(paper.heading, "(no subject)");
        assert!(
            paper
                .facts
                .iter()
                .all(|(name, _)| name != "Group" && name != "Assigned to")
        );
        assert!(paper.facts.contains(&("Messages".to_owned(), "6".to_owned())));
        assert_eq!(paper.entries[0].mark, None);
        assert!(paper.entries[1].mark.as_deref().unwrap().starts_with("Private note"));
        assert_eq!(paper.entries[1].text, "(no text)");
        assert_eq!(paper.entries[0].files.len(), 2);
        assert!((paper.left_out)(Locale::Ar, 7).ends_with('7'));
        let desk = Sheet {
            desk: Some(("Technique".to_owned(), None)),
            ..sheet(Locale::Fr)
        };
        assert!(desk.paper().facts.contains(&("Affecté à".to_owned(), "–".to_owned())));
    }
}
