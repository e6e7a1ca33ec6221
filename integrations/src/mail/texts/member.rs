//! Words of the mails about acting for a customer.

use domain::{account::notice::AccountNotice, customer::MemberRole, locale::Locale};

use super::account::Three;

/// Name of a role in three languages.
const fn role(role: MemberRole) -> [&'static str; 3] {
    match role {
        MemberRole::Owner => ["propriétaire", "owner", "مالك"],
        MemberRole::Admin => ["administrateur", "administrator", "مسؤول"],
        MemberRole::Technical => ["technique", "technical", "تقني"],
        MemberRole::Billing => ["facturation", "billing", "فوترة"],
        MemberRole::Viewer => ["lecture", "viewer", "مطلع"],
    }
}

/// One line of what somebody else chose as a name.
fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}

/// An invitation to act for a customer.
#[derive(Debug, Clone, Copy)]
pub struct Invited<'a> {
    /// Name of the customer.
    pub customer: &'a str,
    /// Who invites.
    pub by: &'a str,
    /// Role.
    pub role: MemberRole,
    /// Address of the page.
    pub url: &'a str,
    /// Days it is good.
    pub days: i64,
}

/// Subject and body of an invitation.
pub(super) fn invited(locale: Locale, what: Invited<'_>) -> (&'static str, String) {
    let [fr, en, ar] = role(what.role);
    let (customer, by, url, days) = (line(what.customer), line(what.by), what.url, what.days);
    match locale {
        Locale::Fr => (
            "invitation",
            format!(
                "{by} vous invite à agir pour « {customer} » ({fr}). Acceptez ici :\n{url}\n\nLe lien sert une seule fois, pendant \
                 {days} jours. Si vous ne connaissez pas l'expéditeur, ignorez ce message."
            ),
        ),
        Locale::En => (
            "invitation",
            format!(
                "{by} invites you to act for \"{customer}\" ({en}). Accept here:\n{url}\n\nThe link works once, for {days} days. If \
                 you do not know who invites you, ignore this message."
            ),
        ),
        Locale::Ar => (
            "دعوة",
            format!(
                "يدعوك {by} للتصرف باسم «{customer}» ({ar}). اقبل الدعوة من هنا:\n{url}\n\nيصلح الرابط مرة واحدة ولمدة {days} أيام. إن \
                 لم تعرف صاحب الدعوة، فتجاهل هذه الرسالة."
            ),
        ),
    }
}

/// Notices to those who act for a customer.
pub(super) fn told(notice: AccountNotice, fact: impl Fn(&str) -> String, home: &str) -> Three {
    let customer = fact("customer");
    let [fr, en, ar] = fact("role").parse().map(role).unwrap_or_default();
    let at = format!("{home}{}", fact("path"));
    match notice {
        AccountNotice::MemberJoined => {
            let who = fact("member");
            (
                (
                    "invitation acceptée",
                    format!("{who} agit désormais pour « {customer} » ({fr}) :\n{at}"),
                ),
                (
                    "invitation accepted",
                    format!("{who} acts for \"{customer}\" from now on ({en}):\n{at}"),
                ),
                (
                    "قُبلت الدعوة",
                    format!("أصبح {who} يتصرف باسم «{customer}» ({ar}):\n{at}"),
                ),
            )
        }
        AccountNotice::MemberRemoved => (
            ("accès retiré", format!("Vous n'agissez plus pour « {customer} ».")),
            ("access removed", format!("You act for \"{customer}\" no longer.")),
            ("سُحب الوصول", format!("لم تعد تتصرف باسم «{customer}».")),
        ),
        AccountNotice::MemberRoleChanged => (
            (
                "nouveau rôle",
                format!("Votre rôle pour « {customer} » est désormais : {fr}.\n{at}"),
            ),
            ("new role", format!("Your role for \"{customer}\" is now: {en}.\n{at}")),
            ("دور جديد", format!("أصبح دورك لدى «{customer}»: {ar}.\n{at}")),
        ),
        _ => (
            (
                "identité à vérifier à nouveau",
                format!(
                    "Des données d'identité de « {customer} » ont changé : la vérification ne vaut plus pour elles. Remettez les pièces \
                     qui les prouvent ici :\n{at}"
                ),
            ),
            (
                "identity to be verified anew",
                format!(
                    "Identity data of \"{customer}\" changed: the verification does not speak of them any more. Hand in the papers that \
                     prove them here:\n{at}"
                ),
            ),
            (
                "يجب التحقق من الهوية مجددا",
                format!("تغيرت بيانات هوية «{customer}»: لم يعد التحقق يشملها. قدم الوثائق التي تثبتها من هنا:\n{at}"),
            ),
        ),
    }
}
