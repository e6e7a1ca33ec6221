//! What the product itself writes into tickets and to staff, in the reader's language.

use domain::{locale::Locale, mail::anomaly::Flow};
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

/// Subject and text of the mail that tells of paused automation.
pub(super) fn anomaly(locale: Locale, mailbox: &Mailbox, flow: Flow, url: &str) -> (String, String) {
    let address = &mailbox.address;
    let (received, automatic) = (flow.received, flow.automatic);
    let normal = flow.normal.unwrap_or_default();
    let page = format!("{url}/admin/mailboxes");
    match locale {
        Locale::Fr => (
            format!("Envois automatiques suspendus : {address}"),
            format!(
                "Dans la dernière heure, {address} a reçu {received} e-mails et envoyé {automatic} e-mails automatiques ; \
                 une heure normale en compte {normal}.\n\nLes accusés de réception de cette boîte sont suspendus jusqu’à ce \
                 que le flux redevienne normal. Le courrier continue d’être reçu et de devenir des tickets.\n\n{page}"
            ),
        ),
        Locale::En => (
            format!("Automatic mail paused: {address}"),
            format!(
                "In the last hour {address} received {received} mails and sent {automatic} automatic ones; a normal hour \
                 has {normal}.\n\nAcknowledgements of this mailbox are paused until the flow is normal again. Mail is still \
                 taken in and becomes tickets.\n\n{page}"
            ),
        ),
        Locale::Ar => (
            format!("توقف البريد الآلي مؤقتًا: {address}"),
            format!(
                "في الساعة الأخيرة استقبل {address} عدد {received} رسالة وأرسل {automatic} رسالة آلية؛ الساعة العادية فيها \
                 {normal}.\n\nأُوقفت إشعارات الاستلام لهذا الصندوق إلى أن يعود التدفق إلى طبيعته. يستمر استقبال البريد وتحويله إلى \
                 تذاكر.\n\n{page}"
            ),
        ),
    }
}
