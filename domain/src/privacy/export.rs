//! The parts of a copy of all that is kept about a person.

use crate::permission::Texts;

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident $key:literal [$en:literal, $fr:literal, $ar:literal],)*) => {
        /// A part of the copy. What staff noted about a customer is in none: it speaks of the customer, not of the person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Section {
            $($(#[$doc])* $name,)*
        }

        impl Section {
            /// All of them, in the order of the archive.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Name of its files.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// What it is called.
            #[must_use]
            pub const fn name(self) -> Texts {
                match self {
                    $(Self::$name => Texts { en: $en, fr: $fr, ar: $ar },)*
                }
            }
        }
    };
}

sections! {
    /// The account itself.
    Account "account" ["Account", "Compte", "الحساب"],
    /// Where he was signed in.
    Sessions "sessions" ["Sessions", "Sessions", "الجلسات"],
    /// Browsers he signed in with.
    Devices "browsers" ["Known browsers", "Navigateurs connus", "المتصفحات المعروفة"],
    /// Tries to sign in.
    Logins "logins" ["Journal of sign-ins", "Journal des connexions", "سجل عمليات الدخول"],
    /// What looked like misuse.
    Alerts "alerts" ["Security alerts", "Alertes de sécurité", "تنبيهات الأمان"],
    /// Second factors, without their secrets.
    Factors "second_factors" ["Second factors", "Seconds facteurs", "العوامل الثانية"],
    /// Accounts of providers.
    Identities "linked_accounts" ["Linked accounts", "Comptes liés", "الحسابات المرتبطة"],
    /// Tokens of programs, without their secrets.
    Tokens "api_tokens" ["API tokens", "Jetons d’API", "رموز الواجهة البرمجية"],
    /// Links that were mailed.
    Links "mailed_links" ["Mailed links", "Liens envoyés", "الروابط المرسلة"],
    /// Text messages.
    Texts "text_messages" ["Text messages", "SMS", "الرسائل النصية"],
    /// Filters he kept.
    Views "saved_views" ["Saved views", "Vues enregistrées", "العروض المحفوظة"],
    /// What he was told, and how he wants to be.
    Notifications "notifications" ["Notifications", "Notifications", "الإشعارات"],
    /// What he wants to be reminded of.
    Reminders "reminders" ["Reminders", "Rappels", "التذكيرات"],
    /// Answers that he looked at in the portal.
    AnswersSeen "answers_seen" ["Answers you looked at", "Réponses que vous avez consultées", "الردود التي اطّلعت عليها"],
    /// What he began to write and did not send.
    Drafts "drafts" ["Drafts", "Brouillons", "المسودات"],
    /// Exports of tickets that he has mailed again and again.
    TicketExports "scheduled_exports" ["Scheduled exports", "Exports programmés", "عمليات التصدير المجدولة"],
    /// For whom he acts.
    Memberships "memberships" ["Customers he acts for", "Clients représentés", "العملاء الذين ينوب عنهم"],
    /// Invitations to act for a customer.
    Invitations "invitations" ["Invitations", "Invitations", "الدعوات"],
    /// Customers that he owns.
    Customers "customers" ["Own customers", "Ses propres clients", "عملاؤه"],
    /// Checks of identity.
    Identity "identity_checks" ["Identity checks", "Vérifications d’identité", "عمليات التحقق من الهوية"],
    /// Tickets he asked for or takes part in.
    Tickets "tickets" ["Tickets", "Tickets", "التذاكر"],
    /// What was written in them.
    Messages "messages" ["Messages", "Messages", "الرسائل"],
    /// Mails that came from him.
    MailsIn "mails_received" ["Mails received from him", "Courriels reçus de lui", "الرسائل الواردة منه"],
    /// Mails that went to him.
    MailsOut "mails_sent" ["Mails sent to him", "Courriels envoyés", "الرسائل المرسلة إليه"],
    /// What he did.
    Activity "activity" ["Activity", "Activité", "النشاط"],
    /// Copies like this one.
    Exports "exports" ["Copies of the data", "Copies des données", "نسخ البيانات"],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_file_of_its_own_and_a_name_in_three_languages() {
        for (n, one) in Section::ALL.iter().enumerate() {
            assert!(
                Section::ALL[..n].iter().all(|other| other.key() != one.key()),
                "{one:?}"
            );
            assert!(
                one.key().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{one:?}"
            );
            assert!(
                one.name().ar.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{one:?}"
            );
        }
    }
}
