//! What messages about accounts say, in the values of their variables.

use super::{Message, Values};
use crate::{
    account::{notice::AccountNotice, times::LinkPurpose},
    customer::MemberRole,
    locale::Locale,
    ticket::scheduled::Pause,
    words::WordSet,
};

/// Longest name of a person in a greeting, in characters.
const NAME_MAX: usize = 80;

const fn of(locale: Locale, [fr, en, ar]: [&str; 3]) -> &str {
    match locale {
        Locale::Fr => fr,
        Locale::En => en,
        Locale::Ar => ar,
    }
}

/// What an alert is about; of a kind that has no words here, its name.
#[must_use]
pub fn alert(locale: Locale, kind: &str) -> String {
    let words = match kind {
        "password_guessing" => [
            "On devine le mot de passe d’un compte",
            "Somebody is guessing an account’s password",
            "هناك من يخمّن كلمة مرور حساب",
        ],
        "infected_file" => [
            "Une pièce jointe est infectée",
            "An attached file is infected",
            "ملف مرفق مصاب بفيروس",
        ],
        "refresh_replayed" => [
            "Une session copiée a été employée et fermée",
            "A copied session was used and has been ended",
            "استُعملت جلسة منسوخة وأُنهيت",
        ],
        "passkey_copied" => [
            "Une clé d’accès a compté à rebours : elle est peut-être copiée",
            "A passkey counted backwards: somebody may have a copy",
            "عدّ مفتاح مرور إلى الوراء: ربما نسخه شخص ما",
        ],
        "audit_tampered" => [
            "Le journal d’audit a été falsifié",
            "The audit trail was tampered with",
            "جرى التلاعب بسجل التدقيق",
        ],
        "factors_reset" => [
            "Un second facteur a été réinitialisé par l’équipe",
            "A second factor was reset by staff",
            "أعاد الفريق ضبط عامل ثانٍ",
        ],
        "sms_paused" => [
            "Trop de codes par SMS en une heure : les envois sont en pause",
            "Too many codes by text message within an hour: they are paused",
            "رموز كثيرة بالرسائل النصية خلال ساعة: أُوقف الإرسال مؤقتا",
        ],
        "webhook_off" => [
            "Un point de réception de webhooks a été arrêté : il échoue ou ne veut plus rien",
            "A webhook endpoint was switched off: it fails or wants no more",
            "أُوقفت نقطة استقبال ويب هوك: تتعثر أو لا تريد المزيد",
        ],
        "erasure_asked" => [
            "Quelqu’un demande l’effacement de ses données",
            "Somebody asks to be erased",
            "يطلب أحدهم محو بياناته",
        ],
        "automation_held" => [
            "Une règle d’automatisation a atteint sa limite et attend une personne",
            "An automation rule reached its limit and waits for a person",
            "بلغت قاعدة أتمتة حدها وتنتظر شخصًا",
        ],
        "sms_cap_near" => [
            "Les SMS ont coûté quatre cinquièmes du plafond du mois",
            "Text messages have cost four fifths of the month’s cap",
            "بلغت تكلفة الرسائل النصية أربعة أخماس سقف الشهر",
        ],
        "sms_cap_reached" => [
            "Les SMS ont atteint le plafond du mois : les notifications s’arrêtent",
            "Text messages have reached the month’s cap: notifications stop",
            "بلغت الرسائل النصية سقف الشهر: توقفت الإشعارات",
        ],
        other => return other.to_owned(),
    };
    of(locale, words).to_owned()
}

/// Whom it greets; an empty name is none.
#[must_use]
pub fn of_person(name: &str) -> Values {
    let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    Values::from([("person.name", name.trim().to_owned())])
}

const fn of_purpose(purpose: LinkPurpose) -> Message {
    match purpose {
        LinkPurpose::Verify => Message::VerifyAddress,
        LinkPurpose::Magic => Message::SignInLink,
        LinkPurpose::Reset => Message::ResetPassword,
        LinkPurpose::Invite => Message::Invitation,
        LinkPurpose::EmailChange => Message::ChangeAddress,
    }
}

/// A time a link lives, in the largest unit that says it exactly enough.
fn duration(locale: Locale, minutes: i64) -> String {
    let (n, [fr, en, one, two, few, many]) = match minutes {
        2_880.. => (minutes / 1_440, ["jours", "days", "يوم واحد", "يومين", "أيام", "يوما"]),
        120.. => (
            minutes / 60,
            ["heures", "hours", "ساعة واحدة", "ساعتين", "ساعات", "ساعة"],
        ),
        _ => (
            minutes,
            ["minutes", "minutes", "دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة"],
        ),
    };
    match (locale, n) {
        (Locale::Fr, _) => format!("{n} {fr}"),
        (Locale::En, _) => format!("{n} {en}"),
        (Locale::Ar, 1) => one.to_owned(),
        (Locale::Ar, 2) => two.to_owned(),
        (Locale::Ar, 3..=10) => format!("{n} {few}"),
        (Locale::Ar, _) => format!("{n} {many}"),
    }
}

/// Name of what somebody is for a customer.
const fn role(locale: Locale, role: MemberRole) -> &'static str {
    let names = match role {
        MemberRole::Owner => ["propriétaire", "owner", "مالك"],
        MemberRole::Admin => ["administrateur", "administrator", "مسؤول"],
        MemberRole::Technical => ["technique", "technical", "تقني"],
        MemberRole::Billing => ["facturation", "billing", "فوترة"],
        MemberRole::Viewer => ["lecture", "viewer", "مطلع"],
    };
    of(locale, names)
}

/// The message with a link for this purpose, and what it says.
#[must_use]
pub fn of_link(locale: Locale, purpose: LinkPurpose, url: &str, minutes: i64) -> (Message, Values) {
    let values = [("link.url", url.to_owned()), ("link.life", duration(locale, minutes))];
    (of_purpose(purpose), Values::from(values))
}

/// The message to somebody whose address has an account already.
#[must_use]
pub fn of_taken(home: &str) -> (Message, Values) {
    let values = [("login.url", format!("{home}/login"))];
    (Message::AccountExists, Values::from(values))
}

/// An invitation to act for a customer: who invites and for whom, as what, and the link with the days it is good.
#[must_use]
pub fn of_invitation(
    locale: Locale,
    (by, customer): (&str, &str),
    as_role: MemberRole,
    (url, days): (&str, i64),
) -> (Message, Values) {
    let values = [
        ("inviter.name", by.to_owned()),
        ("customer.name", customer.to_owned()),
        ("role.name", role(locale, as_role).to_owned()),
        ("link.url", url.to_owned()),
        ("days", days.to_string()),
    ];
    (Message::MemberInvited, Values::from(values))
}

/// What changed about the factors, in words.
fn change(locale: Locale, change: &str) -> String {
    let words = match change {
        "totp_added" => [
            "application d'authentification ajoutée",
            "authenticator app added",
            "أُضيف تطبيق مصادقة",
        ],
        "totp_removed" => [
            "application d'authentification retirée",
            "authenticator app removed",
            "أُزيل تطبيق المصادقة",
        ],
        "passkey_added" => ["clé d'accès ajoutée", "passkey added", "أُضيف مفتاح مرور"],
        "passkey_removed" => ["clé d'accès retirée", "passkey removed", "أُزيل مفتاح مرور"],
        "passkey_copied" => [
            "l'usage d'une clé d'accès a été refusé : quelqu'un en a peut-être une copie",
            "the use of a passkey was refused: somebody may have a copy of it",
            "رُفض استعمال مفتاح مرور: ربما لدى شخص ما نسخة منه",
        ],
        "sms_added" => ["numéro de téléphone ajouté", "phone number added", "أُضيف رقم هاتف"],
        "sms_changed" => ["autre numéro de téléphone", "another phone number", "رقم هاتف آخر"],
        "sms_removed" => ["numéro de téléphone retiré", "phone number removed", "أُزيل رقم الهاتف"],
        "backup_codes" => ["nouveaux codes de secours", "new backup codes", "رموز احتياطية جديدة"],
        "backup_code_used" => [
            "un code de secours a servi",
            "a backup code was used",
            "استُعمل رمز احتياطي",
        ],
        "reset_by_staff" => [
            "retirée par notre équipe, comme demandé ; configurez-la de nouveau",
            "removed by our staff, as asked for; set it up again",
            "أزالها فريقنا بناءً على الطلب؛ أعد ضبطها",
        ],
        other => return other.to_owned(),
    };
    of(locale, words).to_owned()
}

/// The message of a notice with its values. `home` is the address of the web application.
#[must_use]
pub fn of_notice(
    locale: Locale,
    home: &str,
    notice: AccountNotice,
    fact: impl Fn(&str) -> String,
) -> (Message, Values) {
    let page = || ("page.url", format!("{home}{}", fact("path")));
    let customer = || ("customer.name", fact("customer"));
    let (reason, until) = (|| ("reason", fact("reason")), || ("until", fact("until")));
    let recovery = || ("recovery.url", format!("{home}/forgot-password"));
    let role = || {
        let name = fact("role").parse().map(|known| role(locale, known));
        ("role.name", name.unwrap_or_default().to_owned())
    };
    let (message, values): (Message, Vec<(&'static str, String)>) = match notice {
        AccountNotice::Welcome => (Message::Welcome, vec![("login.url", format!("{home}/login"))]),
        AccountNotice::MemberJoined => (
            Message::MemberJoined,
            vec![("member.name", fact("member")), customer(), role(), page()],
        ),
        AccountNotice::MemberRemoved => (Message::MemberRemoved, vec![customer()]),
        AccountNotice::MemberRoleChanged => (Message::MemberRoleChanged, vec![customer(), role(), page()]),
        AccountNotice::IdentityOutdated => (Message::IdentityOutdated, vec![customer(), page()]),
        AccountNotice::IdentityApproved => (Message::IdentityApproved, vec![customer(), until(), page()]),
        AccountNotice::IdentityRejected => (Message::IdentityRejected, vec![customer(), reason(), page()]),
        AccountNotice::IdentityRenewalRejected => (
            Message::IdentityRenewalRejected,
            vec![customer(), reason(), until(), page()],
        ),
        AccountNotice::IdentityMoreAsked => (Message::IdentityMoreAsked, vec![customer(), reason(), page()]),
        AccountNotice::IdentityRevoked => (Message::IdentityRevoked, vec![customer(), reason(), page()]),
        AccountNotice::IdentityExpiring => (Message::IdentityExpiring, vec![customer(), until(), page()]),
        AccountNotice::IdentityExpired => (Message::IdentityExpired, vec![customer(), page()]),
        AccountNotice::ErasureAsked => (
            Message::ErasureAsked,
            vec![("days", fact("days")), ("page.url", format!("{home}/account/data"))],
        ),
        AccountNotice::ErasureBegun => (Message::ErasureBegun, Vec::new()),
        AccountNotice::ExportReady => (Message::ExportReady, vec![("days", fact("days")), page()]),
        AccountNotice::Reminder => (
            Message::Reminder,
            vec![
                ("reminder.ticket", fact("ticket")),
                ("reminder.note", fact("note")),
                page(),
            ],
        ),
        AccountNotice::TicketExportStopped => {
            let reason =
                Pause::parse(&fact("reason")).map_or_else(|| fact("reason"), |why| why.reason(locale).to_owned());
            (
                Message::TicketExportStopped,
                vec![("export.name", fact("name")), ("export.reason", reason), page()],
            )
        }
        AccountNotice::PasswordChanged => (Message::PasswordChanged, vec![recovery()]),
        AccountNotice::EmailChanged => (Message::AddressChanged, vec![("address", fact("email")), recovery()]),
        AccountNotice::EmailChangeAsked => (
            Message::AddressChangeAsked,
            vec![("address", fact("email")), recovery()],
        ),
        AccountNotice::NewDevice => (
            Message::NewDevice,
            vec![("device.name", fact("device")), ("device.ip", fact("ip")), recovery()],
        ),
        AccountNotice::SessionReplayed => (
            Message::SessionReplayed,
            vec![("device.name", fact("device")), recovery()],
        ),
        AccountNotice::FactorFailed => (Message::FactorFailed, vec![("device.ip", fact("ip")), recovery()]),
        AccountNotice::FactorsChanged => (
            Message::FactorsChanged,
            vec![("change", change(locale, &fact("change"))), recovery()],
        ),
        AccountNotice::IdentitiesChanged => {
            let message = match fact("change").as_str() {
                "removed" => Message::IdentityUnlinked,
                _ => Message::IdentityLinked,
            };
            (message, vec![("provider.name", fact("provider")), recovery()])
        }
    };
    (message, values.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCALES: [Locale; 3] = [Locale::Fr, Locale::En, Locale::Ar];

    #[test]
    fn a_time_is_said_in_words_that_fit_its_number() {
        let said = |minutes| LOCALES.map(|locale| duration(locale, minutes));
        assert_eq!(said(7 * 1_440), ["7 jours", "7 days", "7 أيام"]);
        assert_eq!(said(2_880), ["2 jours", "2 days", "يومين"]);
        assert_eq!(said(1_440), ["24 heures", "24 hours", "24 ساعة"]);
        assert_eq!(said(15), ["15 minutes", "15 minutes", "15 دقيقة"]);
    }

    #[test]
    fn every_notice_fills_all_that_its_message_may_say() {
        let notices = [
            AccountNotice::Welcome,
            AccountNotice::PasswordChanged,
            AccountNotice::EmailChanged,
            AccountNotice::EmailChangeAsked,
            AccountNotice::NewDevice,
            AccountNotice::SessionReplayed,
            AccountNotice::FactorFailed,
            AccountNotice::Reminder,
            AccountNotice::TicketExportStopped,
            AccountNotice::FactorsChanged,
            AccountNotice::IdentitiesChanged,
            AccountNotice::IdentityOutdated,
            AccountNotice::IdentityApproved,
            AccountNotice::IdentityRejected,
            AccountNotice::IdentityRenewalRejected,
            AccountNotice::IdentityMoreAsked,
            AccountNotice::IdentityRevoked,
            AccountNotice::IdentityExpiring,
            AccountNotice::IdentityExpired,
            AccountNotice::MemberJoined,
            AccountNotice::ExportReady,
            AccountNotice::ErasureAsked,
            AccountNotice::ErasureBegun,
            AccountNotice::MemberRemoved,
            AccountNotice::MemberRoleChanged,
        ];
        for notice in notices {
            let (message, mut values) = of_notice(Locale::Fr, "https://cm.test", notice, |name| match name {
                "role" => "owner".to_owned(),
                "path" => "/x".to_owned(),
                name => format!("<{name}>"),
            });
            values.extend(of_person("Ana"));
            let mut wanted: Vec<&str> = message.spec().variables.iter().map(|each| each.name).collect();
            wanted.sort_unstable();
            assert_eq!(values.keys().copied().collect::<Vec<_>>(), wanted, "{notice:?}");
            assert!(values.values().all(|value| !value.is_empty()), "{notice:?} {values:?}");
        }
    }

    #[test]
    fn links_and_invitations_fill_all_that_their_messages_may_say() {
        let purposes = [
            LinkPurpose::Verify,
            LinkPurpose::Magic,
            LinkPurpose::Reset,
            LinkPurpose::Invite,
            LinkPurpose::EmailChange,
        ];
        let mut all: Vec<(Message, Values)> = purposes
            .map(|purpose| of_link(Locale::En, purpose, "https://cm.test/x#token=a", 15))
            .into();
        all.push(of_taken("https://cm.test"));
        all.push(of_invitation(
            Locale::En,
            ("Ada", "ACME"),
            MemberRole::Owner,
            ("https://cm.test/join", 7),
        ));
        for (message, mut values) in all {
            values.extend(of_person("Ana"));
            let wanted: Vec<&str> = message.spec().variables.iter().map(|each| each.name).collect();
            assert!(
                wanted.iter().all(|name| values.contains_key(name)),
                "{message:?} {values:?}"
            );
            assert_eq!(values.len(), wanted.len(), "{message:?}");
            let body = message.spec().usual(Locale::En, &values).body;
            assert!(body.lines().any(|line| line.starts_with("https://cm.test")), "{body}");
        }
    }

    #[test]
    fn nothing_from_outside_becomes_a_line_of_its_own() {
        for locale in LOCALES {
            let (message, mut values) =
                of_notice(locale, "https://cm.test", AccountNotice::NewDevice, |name| match name {
                    "device" => "Mozilla\r\nhttps://evil.test/now".to_owned(),
                    _ => "203.0.113.9".to_owned(),
                });
            values.extend(of_person("Ana\r\nBcc: x"));
            let text = message.spec().usual(locale, &values);
            let own = |line: &str| line.starts_with("https://evil") || line.starts_with("Bcc");
            assert!(!text.body.lines().any(own), "{}", text.body);
            assert!(text.body.contains("203.0.113.9") && !text.subject.contains('\n'));
        }
    }

    #[test]
    fn a_text_that_names_nobody_greets_nobody() {
        let (message, mut values) = of_notice(Locale::Fr, "https://cm.test", AccountNotice::Welcome, |_| String::new());
        values.extend(of_person("  "));
        assert!(
            message
                .spec()
                .usual(Locale::Fr, &values)
                .body
                .starts_with("Bonjour,\n\nVotre compte")
        );
        values.extend(of_person(&"x".repeat(300)));
        assert!(
            message
                .spec()
                .usual(Locale::En, &values)
                .body
                .starts_with(&format!("Hello {},", "x".repeat(80)))
        );
    }
}
