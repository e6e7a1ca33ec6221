//! Words of the mails about accounts.

use domain::{
    account::{notice::AccountNotice, times::LinkPurpose},
    locale::Locale,
};

use super::{
    Text, greeting,
    member::{self, Invited},
};

/// What is said.
#[derive(Debug, Clone, Copy)]
pub enum Say<'a> {
    /// Open this to do what was asked for.
    Link {
        /// What it is for.
        purpose: LinkPurpose,
        /// Address of the page.
        url: &'a str,
        /// Minutes it is good.
        minutes: i64,
    },
    /// Act for a customer.
    Invited(Invited<'a>),
    /// Somebody wanted an account with an address that has one.
    AccountExists,
    /// A notice with its facts by name.
    Notice(AccountNotice, &'a [(&'a str, String)]),
}

/// Subject and body for this person. `home` is the address of the web application.
#[must_use]
pub fn account(locale: Locale, name: &str, home: &str, say: Say<'_>) -> Text {
    let hello = match locale {
        Locale::Fr => greeting("Bonjour", name, ","),
        Locale::En => greeting("Hello", name, ","),
        Locale::Ar => greeting("مرحبا", name, "،"),
    };
    let (subject, body) = match say {
        Say::Link { purpose, url, minutes } => link(locale, purpose, url, minutes),
        Say::Invited(what) => member::invited(locale, what),
        Say::AccountExists => exists(locale, home),
        Say::Notice(notice, facts) => told(locale, notice, facts, home),
    };
    let end = match locale {
        Locale::Fr => "Ce message est envoyé automatiquement.",
        Locale::En => "This message was sent automatically.",
        Locale::Ar => "أُرسلت هذه الرسالة تلقائيا.",
    };
    let colon = if locale == Locale::Fr { " : " } else { ": " };
    Text {
        subject: format!("CloudManager{colon}{subject}"),
        body: format!("{hello}\n\n{body}\n\n{end}\n"),
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

fn link(locale: Locale, purpose: LinkPurpose, url: &str, minutes: i64) -> (&'static str, String) {
    let [fr, en, ar] = match purpose {
        LinkPurpose::Verify => [
            (
                "confirmez votre adresse",
                "Pour ouvrir votre compte, confirmez votre adresse ici :",
            ),
            (
                "confirm your address",
                "To open your account, confirm your address here:",
            ),
            ("أكد عنوانك", "لفتح حسابك، أكد عنوانك من هنا:"),
        ],
        LinkPurpose::Magic => [
            ("votre lien de connexion", "Pour vous connecter, ouvrez ce lien :"),
            ("your sign-in link", "To sign in, open this link:"),
            ("رابط الدخول", "لتسجيل الدخول، افتح هذا الرابط:"),
        ],
        LinkPurpose::Reset => [
            (
                "nouveau mot de passe",
                "Pour choisir un nouveau mot de passe, ouvrez ce lien :",
            ),
            ("new password", "To choose a new password, open this link:"),
            ("كلمة مرور جديدة", "لاختيار كلمة مرور جديدة، افتح هذا الرابط:"),
        ],
        LinkPurpose::Invite => [
            (
                "invitation",
                "Vous êtes invité à rejoindre CloudManager. Acceptez ici :",
            ),
            ("invitation", "You are invited to join CloudManager. Accept here:"),
            ("دعوة", "أنت مدعو للانضمام إلى CloudManager. اقبل الدعوة من هنا:"),
        ],
        LinkPurpose::EmailChange => [
            (
                "confirmez votre nouvelle adresse",
                "Pour utiliser cette adresse, confirmez-la ici :",
            ),
            ("confirm your new address", "To use this address, confirm it here:"),
            ("أكد عنوانك الجديد", "لاستعمال هذا العنوان، أكده من هنا:"),
        ],
    };
    let time = duration(locale, minutes);
    match locale {
        Locale::Fr => (
            fr.0,
            format!(
                "{}\n{url}\n\nLe lien sert une seule fois, pendant {time}. Si vous n'avez rien demandé, ignorez ce message.",
                fr.1
            ),
        ),
        Locale::En => (
            en.0,
            format!(
                "{}\n{url}\n\nThe link works once, for {time}. If you did not ask for it, ignore this message.",
                en.1
            ),
        ),
        Locale::Ar => (
            ar.0,
            format!(
                "{}\n{url}\n\nيصلح الرابط مرة واحدة ولمدة {time}. إن لم تطلب شيئا، فتجاهل هذه الرسالة.",
                ar.1
            ),
        ),
    }
}

fn exists(locale: Locale, home: &str) -> (&'static str, String) {
    match locale {
        Locale::Fr => (
            "vous avez déjà un compte",
            format!(
                "Quelqu'un a voulu utiliser cette adresse pour un compte, mais elle en a déjà un. Si c'était vous, connectez-vous ou \
                 demandez un nouveau mot de passe ici :\n{home}/login\n\nSinon, ignorez ce message : rien n'a changé."
            ),
        ),
        Locale::En => (
            "you have an account already",
            format!(
                "Somebody wanted to use this address for an account, but it has one already. If it was you, sign in or ask for a new \
                 password here:\n{home}/login\n\nOtherwise ignore this message: nothing has changed."
            ),
        ),
        Locale::Ar => (
            "لديك حساب من قبل",
            format!(
                "أراد أحدهم استعمال هذا العنوان لحساب، لكن له حسابا من قبل. إن كنت أنت، فسجل الدخول أو اطلب كلمة مرور جديدة من \
                 هنا:\n{home}/login\n\nوإلا فتجاهل هذه الرسالة: لم يتغير شيء."
            ),
        ),
    }
}

fn told(locale: Locale, notice: AccountNotice, facts: &[(&str, String)], home: &str) -> (&'static str, String) {
    let fact = |name: &str| -> String {
        let found = facts
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value);
        found
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(200)
            .collect()
    };
    let page = format!("{home}/forgot-password");
    let (fr, en, ar) = match notice {
        AccountNotice::Welcome => (
            (
                "bienvenue",
                format!("Votre compte est ouvert. Connectez-vous ici :\n{home}/login"),
            ),
            ("welcome", format!("Your account is open. Sign in here:\n{home}/login")),
            ("أهلا بك", format!("حسابك مفتوح. سجل الدخول من هنا:\n{home}/login")),
        ),
        AccountNotice::IdentityOutdated
        | AccountNotice::MemberJoined
        | AccountNotice::MemberRemoved
        | AccountNotice::MemberRoleChanged => member::told(notice, fact, home),
        AccountNotice::ErasureAsked => {
            let (at, days) = (format!("{home}/account/data"), fact("days"));
            (
                (
                    "demande d'effacement reçue",
                    format!(
                        "Vous avez demandé l'effacement de vos données. Pendant {days} jours, vous pouvez y renoncer ici ; si ce n'était \
                         pas vous, faites-le tout de suite et changez votre mot de passe :\n{at}"
                    ),
                ),
                (
                    "request to be erased received",
                    format!(
                        "You asked for your data to be erased. For {days} days you can take it back here; if it was not you, do so at \
                         once and change your password:\n{at}"
                    ),
                ),
                (
                    "وصل طلب محو البيانات",
                    format!(
                        "طلبت محو بياناتك. يمكنك التراجع خلال {days} يوما من هنا؛ وإن لم تكن أنت، فتراجع فورا وغيّر كلمة المرور:\n{at}"
                    ),
                ),
            )
        }
        AccountNotice::ErasureBegun => (
            (
                "vos données sont effacées",
                "Votre compte est fermé et vos données sont effacées. Ce que la loi oblige à conserver est gardé jusqu'à son terme.".to_owned(),
            ),
            (
                "your data is being erased",
                "Your account is closed and your data is being erased. What the law wants kept is kept until its time is over.".to_owned(),
            ),
            (
                "بياناتك قيد المحو",
                "أُغلق حسابك وبياناتك قيد المحو. وما يفرض القانون حفظه يبقى إلى نهاية أجله.".to_owned(),
            ),
        ),
        AccountNotice::ExportReady => {
            let (at, days) = (format!("{home}{}", fact("path")), fact("days"));
            (
                (
                    "une copie des données est prête",
                    format!(
                        "La copie des données personnelles que vous avez demandée est prête. Elle s'ouvre ici pendant {days} jours :\n{at}"
                    ),
                ),
                (
                    "a copy of the data is ready",
                    format!(
                        "The copy of personal data that you asked for is ready. It can be opened here for {days} days:\n{at}"
                    ),
                ),
                (
                    "نسخة البيانات جاهزة",
                    format!("نسخة البيانات الشخصية التي طلبتها جاهزة. يمكن فتحها من هنا لمدة {days} أيام:\n{at}"),
                ),
            )
        }
        AccountNotice::Reminder => {
            let (ticket, note, at) = (fact("ticket"), fact("note"), format!("{home}{}", fact("path")));
            let said = if note.is_empty() { String::new() } else { format!("\n\n{note}") };
            (
                (
                    "rappel d'un ticket",
                    format!("Vous vouliez que l'on vous rappelle le ticket « {ticket} ».{said}\n\n{at}"),
                ),
                (
                    "reminder of a ticket",
                    format!("You wanted to be reminded of the ticket “{ticket}”.{said}\n\n{at}"),
                ),
                (
                    "تذكير بتذكرة",
                    format!("طلبت تذكيرك بالتذكرة «{ticket}».{said}\n\n{at}"),
                ),
            )
        }
        AccountNotice::PasswordChanged => alarm(
            ["mot de passe changé", "password changed", "تغيرت كلمة المرور"],
            [
                "Le mot de passe de votre compte a été changé ; vos autres sessions sont fermées.",
                "The password of your account was changed; your other sessions are over.",
                "تغيرت كلمة مرور حسابك، وأُغلقت جلساتك الأخرى.",
            ],
            "",
            &page,
        ),
        AccountNotice::EmailChanged => alarm(
            ["adresse changée", "address changed", "تغير العنوان"],
            [
                "L'adresse de votre compte a été remplacée par celle-ci :",
                "The address of your account was replaced by this one:",
                "استُبدل عنوان حسابك بهذا العنوان:",
            ],
            &fact("email"),
            &page,
        ),
        AccountNotice::EmailChangeAsked => alarm(
            [
                "changement d'adresse demandé",
                "change of address asked for",
                "طُلب تغيير العنوان",
            ],
            [
                "Le changement de votre adresse pour celle-ci a été demandé :",
                "It was asked to change your address to this one:",
                "طُلب تغيير عنوانك إلى هذا العنوان:",
            ],
            &fact("email"),
            &page,
        ),
        AccountNotice::NewDevice => alarm(
            ["nouvelle connexion", "new sign-in", "دخول جديد"],
            [
                "Une connexion à votre compte vient d'un appareil inconnu :",
                "Your account was signed in to from a device not seen before:",
                "سُجل الدخول إلى حسابك من جهاز غير معروف:",
            ],
            &format!("{}\n{}", fact("device"), fact("ip")),
            &page,
        ),
        AccountNotice::SessionReplayed => alarm(
            ["session fermée", "session ended", "أُغلقت جلسة"],
            [
                "Une session a été fermée, car son jeton a servi deux fois : quelqu'un l'a peut-être copié.",
                "A session was ended because its token was used twice: somebody may have a copy of it.",
                "أُغلقت جلسة لأن رمزها استُعمل مرتين: ربما نسخه شخص ما.",
            ],
            &fact("device"),
            &page,
        ),
        AccountNotice::FactorFailed => alarm(
            ["codes erronés", "wrong codes", "رموز خاطئة"],
            [
                "Quelqu'un a donné votre bon mot de passe, puis plusieurs codes faux.",
                "Somebody gave your right password, and then several wrong codes.",
                "أعطى شخص ما كلمة مرورك الصحيحة ثم عدة رموز خاطئة.",
            ],
            &fact("ip"),
            &page,
        ),
        AccountNotice::FactorsChanged => alarm(
            ["vérification en deux étapes", "two-step verification", "التحقق بخطوتين"],
            [
                "La vérification en deux étapes de votre compte a changé :",
                "The two-step verification of your account has changed:",
                "تغير التحقق بخطوتين في حسابك:",
            ],
            &change(locale, &fact("change")),
            &page,
        ),
        AccountNotice::IdentitiesChanged => {
            let texts = match fact("change").as_str() {
                "removed" => [
                    "Votre compte n'est plus lié à ce fournisseur de connexion :",
                    "Your account is no longer linked with this sign-in provider:",
                    "لم يعد حسابك مرتبطا بمزود تسجيل الدخول هذا:",
                ],
                _ => [
                    "Votre compte est maintenant lié à ce fournisseur de connexion :",
                    "Your account is now linked with this sign-in provider:",
                    "حسابك مرتبط الآن بمزود تسجيل الدخول هذا:",
                ],
            };
            let subjects = ["comptes liés", "linked accounts", "الحسابات المرتبطة"];
            alarm(subjects, texts, &fact("provider"), &page)
        }
    };
    match locale {
        Locale::Fr => fr,
        Locale::En => en,
        Locale::Ar => ar,
    }
}

/// Subject and body in French, English and Arabic.
pub(super) type Three = ((&'static str, String), (&'static str, String), (&'static str, String));

/// A notice that asks to act when it was somebody else.
fn alarm(subjects: [&'static str; 3], texts: [&str; 3], detail: &str, page: &str) -> Three {
    let detail = if detail.trim().is_empty() {
        String::new()
    } else {
        format!("\n{}", detail.trim())
    };
    let [fr, en, ar] = texts;
    (
        (
            subjects[0],
            format!("{fr}{detail}\n\nSi ce n'était pas vous, agissez maintenant :\n{page}"),
        ),
        (
            subjects[1],
            format!("{en}{detail}\n\nIf it was not you, act now:\n{page}"),
        ),
        (
            subjects[2],
            format!("{ar}{detail}\n\nإن لم تكن أنت، فتصرف الآن:\n{page}"),
        ),
    )
}

/// What changed about the factors, in words.
fn change(locale: Locale, change: &str) -> String {
    let [fr, en, ar] = match change {
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
    match locale {
        Locale::Fr => fr,
        Locale::En => en,
        Locale::Ar => ar,
    }
    .to_owned()
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
    fn links_stand_on_a_line_of_their_own_in_every_language() {
        let purposes = [
            LinkPurpose::Verify,
            LinkPurpose::Magic,
            LinkPurpose::Reset,
            LinkPurpose::Invite,
            LinkPurpose::EmailChange,
        ];
        for purpose in purposes {
            let subjects = LOCALES.map(|locale| {
                let say = Say::Link {
                    purpose,
                    url: "https://cm.test/x#token=abc",
                    minutes: purpose.life().num_minutes(),
                };
                let text = account(locale, "", "https://cm.test", say);
                assert!(
                    text.body.lines().any(|line| line == "https://cm.test/x#token=abc"),
                    "{}",
                    text.body
                );
                text.body
            });
            assert!(subjects[0] != subjects[1] && subjects[1] != subjects[2]);
        }
    }

    #[test]
    fn nothing_from_outside_becomes_a_line_of_its_own() {
        let facts = [
            ("device", "Mozilla\r\nhttps://evil.test/now".to_owned()),
            ("ip", "203.0.113.9".to_owned()),
        ];
        for locale in LOCALES {
            let text = account(
                locale,
                "Ana\r\nBcc: x",
                "https://cm.test",
                Say::Notice(AccountNotice::NewDevice, &facts),
            );
            assert!(
                !text
                    .body
                    .lines()
                    .any(|line| line.starts_with("https://evil") || line.starts_with("Bcc"))
            );
            assert!(text.body.contains("203.0.113.9") && !text.subject.contains('\n'));
        }
    }
}
