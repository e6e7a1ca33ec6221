//! Notices: what people are told besides their work.

use super::{Category, Source, Spec};

/// A ticket was given to the reader.
pub(super) const TICKET_ASSIGNED: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : il vous est affecté",
            body: "« {{ ticket.subject }} »\n\n{{ ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: assigned to you",
            body: "“{{ ticket.subject }}”\n\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: أُسندت إليك",
            body: "«{{ ticket.subject }}»\n\n{{ ticket.url }}",
        },
    ],
};

/// The customer wrote.
pub(super) const CUSTOMER_MESSAGE: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : le client a écrit",
            body: "« {{ ticket.subject }} »\n\n{{ ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: the customer wrote",
            body: "“{{ ticket.subject }}”\n\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: كتب العميل",
            body: "«{{ ticket.subject }}»\n\n{{ ticket.url }}",
        },
    ],
};

/// Staff answered. Its subject is what the centre and text messages say.
pub(super) const TICKET_ANSWERED: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Votre demande {{ ticket.number }} a une réponse",
            body: "« {{ ticket.subject }} »\n\n{{ ticket.url }}",
        },
        Source {
            subject: "Your request {{ ticket.number }} was answered",
            body: "“{{ ticket.subject }}”\n\n{{ ticket.url }}",
        },
        Source {
            subject: "تم الرد على طلبك {{ ticket.number }}",
            body: "«{{ ticket.subject }}»\n\n{{ ticket.url }}",
        },
    ],
};

/// A promise will soon be broken.
pub(super) const SLA_WARNING: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
        ("clock", "première réponse"),
        ("due", "2026-02-03 14:30 CET"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : échéance proche ({{ clock }})",
            body: "« {{ ticket.subject }} »\n\nÉchéance ({{ clock }}) : {{ due }}.\n\n{{ ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: due soon ({{ clock }})",
            body: "“{{ ticket.subject }}”\n\nDue ({{ clock }}): {{ due }}.\n\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: الموعد قريب ({{ clock }})",
            body: "«{{ ticket.subject }}»\n\nالموعد ({{ clock }}): {{ due }}.\n\n{{ ticket.url }}",
        },
    ],
};

/// A promise was broken, or its chain goes on.
pub(super) const SLA_BREACH: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
        ("clock", "première réponse"),
        ("due", "2026-02-03 14:30 CET"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : échéance dépassée ({{ clock }})",
            body: "« {{ ticket.subject }} »\n\nL’échéance ({{ clock }}) est dépassée depuis : {{ due }}.\n\n{{ \
             ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: overdue ({{ clock }})",
            body: "“{{ ticket.subject }}”\n\nOverdue ({{ clock }}) since {{ due }}.\n\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: تجاوزت الموعد ({{ clock }})",
            body: "«{{ ticket.subject }}»\n\nتجاوزت الموعد ({{ clock }}) منذ: {{ due }}.\n\n{{ ticket.url }}",
        },
    ],
};

/// A rule wants somebody to look.
pub(super) const RULE: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
        ("rule.name", "Urgent la nuit"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : {{ rule.name }}",
            body: "« {{ ticket.subject }} »\n\nRègle : {{ rule.name }}\n\n{{ ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: {{ rule.name }}",
            body: "“{{ ticket.subject }}”\n\nRule: {{ rule.name }}\n\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: {{ rule.name }}",
            body: "«{{ ticket.subject }}»\n\nالقاعدة: {{ rule.name }}\n\n{{ ticket.url }}",
        },
    ],
};

/// A mailbox gets far more mail than usual.
pub(super) const MAIL_FLOW: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("mailbox.address", "support@example.dz"),
        ("mailbox.url", "https://cloud.example.dz/admin/mailboxes"),
        ("flow.received", "420"),
        ("flow.automatic", "300"),
        ("flow.normal", "25"),
    ],
    required: &[],
    sources: [
        Source {
            subject: "Envois automatiques suspendus : {{ mailbox.address }}",
            body: "Dans la dernière heure, {{ mailbox.address }} a reçu {{ flow.received }} e-mails et envoyé {{ \
             flow.automatic }} e-mails automatiques ; une heure normale en compte {{ flow.normal }}.\n\nLes \
             accusés de réception de cette boîte sont suspendus jusqu’à ce que le flux redevienne normal. Le \
             courrier continue d’être reçu et de devenir des tickets.\n\n{{ mailbox.url }}",
        },
        Source {
            subject: "Automatic mail paused: {{ mailbox.address }}",
            body: "In the last hour {{ mailbox.address }} received {{ flow.received }} mails and sent {{ \
             flow.automatic }} automatic ones; a normal hour has {{ flow.normal }}.\n\nAcknowledgements of \
             this mailbox are paused until the flow is normal again. Mail is still taken in and becomes \
             tickets.\n\n{{ mailbox.url }}",
        },
        Source {
            subject: "توقف البريد الآلي مؤقتًا: {{ mailbox.address }}",
            body: "في الساعة الأخيرة استقبل {{ mailbox.address }} عدد {{ flow.received }} رسالة وأرسل {{ \
             flow.automatic }} رسالة آلية؛ الساعة العادية فيها {{ flow.normal }}.\n\nأُوقفت إشعارات الاستلام \
             لهذا الصندوق إلى أن يعود التدفق إلى طبيعته. يستمر استقبال البريد وتحويله إلى تذاكر.\n\n{{ \
             mailbox.url }}",
        },
    ],
};

/// News that waited for its hour. `digest.lines` holds a line and an address for each.
pub(super) const DIGEST: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("person.name", "Nadia Benali"),
        ("digest.count", "2"),
        (
            "digest.lines",
            "Ticket 100001 : échéance proche\nhttps://cloud.example.dz/t/0190\n\nTicket 100002 : le client \
             a écrit\nhttps://cloud.example.dz/t/0191",
        ),
        ("digest.url", "https://cloud.example.dz/notifications"),
    ],
    required: &["digest.lines"],
    sources: [
        Source {
            subject: "Récapitulatif : {{ digest.count }}",
            body: "Bonjour{% if person.name %} {{ person.name }}{% endif %},\n\nVoici ce qui s'est passé depuis \
             le dernier récapitulatif.\n\n{{ digest.lines }}\n\n{{ digest.url }}",
        },
        Source {
            subject: "Digest: {{ digest.count }}",
            body: "Hello{% if person.name %} {{ person.name }}{% endif %},\n\nThis is what happened since the \
             last digest.\n\n{{ digest.lines }}\n\n{{ digest.url }}",
        },
        Source {
            subject: "الملخص: {{ digest.count }}",
            body: "مرحبا{% if person.name %} {{ person.name }}{% endif %}،\n\nهذا ما حدث منذ الملخص الأخير.\n\n{{ \
             digest.lines }}\n\n{{ digest.url }}",
        },
    ],
};

/// News by text message.
pub(super) const NOTICE_SMS: Spec = Spec {
    category: Category::Notifications,
    sms: true,
    variables: &[
        ("notice.line", "Ticket 100001: overdue"),
        ("notice.url", "https://cloud.example.dz/t/0190"),
    ],
    required: &["notice.line"],
    sources: [
        Source {
            subject: "",
            body: "{{ notice.line }} {{ notice.url }}",
        },
        Source {
            subject: "",
            body: "{{ notice.line }} {{ notice.url }}",
        },
        Source {
            subject: "",
            body: "{{ notice.line }} {{ notice.url }}",
        },
    ],
};

/// A customer is not satisfied. Nothing that he wrote goes with it.
pub(super) const BAD_RATING: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("ticket.number", "100001"),
        ("ticket.subject", "Serveur inaccessible"),
        ("ticket.url", "https://cloud.example.dz/t/0190"),
        ("rating", "2"),
    ],
    required: &["ticket.url"],
    sources: [
        Source {
            subject: "Ticket {{ ticket.number }} : client insatisfait ({{ rating }}/5)",
            body: "Le client a noté la résolution du ticket {{ ticket.number }} : {{ rating }} sur 5.\n\nSon commentaire est dans le ticket :\n{{ ticket.url }}",
        },
        Source {
            subject: "Ticket {{ ticket.number }}: the customer is not satisfied ({{ rating }}/5)",
            body: "The customer rated the resolution of ticket {{ ticket.number }}: {{ rating }} of 5.\n\nWhat he wrote is in the ticket:\n{{ ticket.url }}",
        },
        Source {
            subject: "التذكرة {{ ticket.number }}: العميل غير راضٍ ({{ rating }}/5)",
            body: "قيّم العميل حل التذكرة {{ ticket.number }}: {{ rating }} من 5.\n\nتعليقه موجود في التذكرة:\n{{ ticket.url }}",
        },
    ],
};

/// A colleague mentioned the reader. Nothing that he wrote goes with it.
pub(super) const MENTION: Spec = Spec {
    category: Category::Notifications,
    sms: false,
    variables: &[
        ("mention.by", "Nadia Benali"),
        ("mention.about", "Serveur inaccessible (100001)"),
        ("mention.url", "https://cloud.example.dz/t/0190"),
    ],
    required: &["mention.url"],
    sources: [
        Source {
            subject: "{{ mention.by }} vous mentionne : {{ mention.about }}",
            body: "{{ mention.by }} vous a mentionné dans une note sur {{ mention.about }}. Lisez-la ici :\n{{ mention.url }}",
        },
        Source {
            subject: "{{ mention.by }} mentioned you: {{ mention.about }}",
            body: "{{ mention.by }} mentioned you in a note about {{ mention.about }}. Read it here:\n{{ mention.url }}",
        },
        Source {
            subject: "ذكرك {{ mention.by }}: {{ mention.about }}",
            body: "ذكرك {{ mention.by }} في ملاحظة عن {{ mention.about }}. اقرأها من هنا:\n{{ mention.url }}",
        },
    ],
};
