//! What the product itself writes into tickets, in the language of their mailbox.

use domain::locale::Locale;
use store::mailbox::Mailbox;

/// Words that stand where a mail says nothing.
pub(super) struct Blanks {
    pub(super) no_subject: &'static str,
    pub(super) no_sender: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) unreadable_text: &'static str,
}

pub(super) fn blanks(mailbox: &Mailbox) -> Blanks {
    match Locale::from_tag(&mailbox.locale).unwrap_or_default() {
        Locale::Fr => Blanks {
            no_subject: "(sans objet)",
            no_sender: "(sans expéditeur)",
            unreadable: "E-mail illisible",
            unreadable_text: "Un e-mail n’a pas pu être lu ; l’original est joint.",
        },
        Locale::En => Blanks {
            no_subject: "(no subject)",
            no_sender: "(no sender)",
            unreadable: "Unreadable mail",
            unreadable_text: "A mail could not be read; the original is attached.",
        },
        Locale::Ar => Blanks {
            no_subject: "(بلا موضوع)",
            no_sender: "(بلا مرسل)",
            unreadable: "بريد غير مقروء",
            unreadable_text: "تعذّرت قراءة رسالة؛ الأصل مرفق.",
        },
    }
}
