//! The register of processing: law 18-07 of 10 June 2018 as amended by law 25-11 of 24 July 2025, and article 30 of the GDPR where that applies.

use super::Timer;
use crate::permission::Texts;

/// Why it is lawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The contract with the person, or what he asked for before it.
    Contract,
    /// A law that asks for it.
    LegalObligation,
    /// The security of the service and of those who use it.
    LegitimateInterest,
}

impl Basis {
    /// Name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::LegitimateInterest => "legitimate_interest",
        }
    }
}

/// One processing of personal data.
#[derive(Debug, Clone, Copy)]
pub struct Processing {
    /// Stable key.
    pub key: &'static str,
    /// What it is called.
    pub name: Texts,
    /// What for.
    pub purpose: Texts,
    /// Which data.
    pub data: Texts,
    /// Why it is lawful.
    pub basis: Basis,
    /// Where the law says so.
    pub law: &'static str,
    /// How long they are kept, in words.
    pub kept: Texts,
    /// Timers that delete parts of it.
    pub timers: &'static [Timer],
}

const fn texts(en: &'static str, fr: &'static str, ar: &'static str) -> Texts {
    Texts { en, fr, ar }
}

/// Everything that is done with personal data.
pub const REGISTER: &[Processing] = &[
    Processing {
        key: "accounts",
        name: texts("Accounts", "Comptes", "الحسابات"),
        purpose: texts(
            "Signing in and acting in one's own name",
            "Se connecter et agir en son nom",
            "تسجيل الدخول والتصرف بالاسم الشخصي",
        ),
        data: texts(
            "Name, e-mail address, telephone, language, password hash, second factors",
            "Nom, adresse électronique, téléphone, langue, empreinte du mot de passe, seconds facteurs",
            "الاسم والبريد الإلكتروني والهاتف واللغة وبصمة كلمة المرور والعوامل الثانية",
        ),
        basis: Basis::Contract,
        law: "18-07 art. 7; GDPR 6(1)(b)",
        kept: texts(
            "As long as the account exists",
            "Tant que le compte existe",
            "ما دام الحساب قائمًا",
        ),
        timers: &[Timer::MailedLinks, Timer::SignInLeftovers],
    },
    Processing {
        key: "sign_ins",
        name: texts(
            "Sign-ins and sessions",
            "Connexions et sessions",
            "عمليات الدخول والجلسات",
        ),
        purpose: texts(
            "Finding and stopping misuse of accounts",
            "Déceler et arrêter l’abus de comptes",
            "كشف إساءة استعمال الحسابات ووقفها",
        ),
        data: texts(
            "E-mail address, IP address, browser, time, outcome",
            "Adresse électronique, adresse IP, navigateur, heure, issue",
            "البريد الإلكتروني وعنوان IP والمتصفح والوقت والنتيجة",
        ),
        basis: Basis::LegalObligation,
        law: "09-04 art. 11; 18-07 art. 38; GDPR 6(1)(c), 32",
        kept: texts(
            "Journal one year, sessions a month after their end, alerts two years after they were settled",
            "Journal un an, sessions un mois après leur fin, alertes deux ans après leur traitement",
            "السجل سنة، والجلسات شهر بعد انتهائها، والتنبيهات سنتان بعد معالجتها",
        ),
        timers: &[
            Timer::LoginJournal,
            Timer::Sessions,
            Timer::Devices,
            Timer::Texts,
            Timer::Alerts,
        ],
    },
    Processing {
        key: "customers",
        name: texts(
            "Customers and their contacts",
            "Clients et leurs contacts",
            "العملاء وجهات اتصالهم",
        ),
        purpose: texts(
            "Preparing and carrying out the contract",
            "Préparer et exécuter le contrat",
            "إعداد العقد وتنفيذه",
        ),
        data: texts(
            "Names, addresses, telephone numbers, tax and trade identifiers, notes, documents",
            "Noms, adresses, numéros de téléphone, identifiants fiscaux et commerciaux, notes, documents",
            "الأسماء والعناوين وأرقام الهاتف والمعرفات الضريبية والتجارية والملاحظات والمستندات",
        ),
        basis: Basis::Contract,
        law: "18-07 art. 7; GDPR 6(1)(b)",
        kept: texts(
            "As long as the customer is one; fiscal documents ten years (commercial code, art. 12)",
            "Tant que la relation dure ; pièces fiscales dix ans (code de commerce, art. 12)",
            "ما دامت العلاقة قائمة؛ والوثائق الضريبية عشر سنوات (القانون التجاري، المادة 12)",
        ),
        timers: &[Timer::Imports, Timer::FiscalDocuments],
    },
    Processing {
        key: "identity",
        name: texts("Identity checks", "Vérifications d’identité", "التحقق من الهوية"),
        purpose: texts(
            "Knowing who the customer is before a service is opened to him",
            "Connaître le client avant de lui ouvrir un service",
            "معرفة العميل قبل فتح خدمة له",
        ),
        data: texts(
            "Identity documents, encrypted; number of the identity card; decisions; who looked at which document",
            "Pièces d’identité, chiffrées ; numéro d’identification ; décisions ; consultations de chaque pièce",
            "وثائق الهوية مشفرة؛ رقم التعريف؛ القرارات؛ ومن اطلع على كل وثيقة",
        ),
        basis: Basis::LegalObligation,
        law: "18-04 art. 167; 18-07 art. 7; GDPR 6(1)(c)",
        kept: texts(
            "As long as the customer is one, and five years after that or after they ran out; what he takes back is closed at once and deleted after a month",
            "Tant que la relation dure, puis cinq ans après sa fin ou leur expiration ; une pièce retirée est fermée aussitôt et supprimée après un mois",
            "ما دامت العلاقة قائمة، ثم خمس سنوات بعد نهايتها أو انتهاء صلاحيتها؛ وتُغلق الوثيقة المسحوبة فورًا وتُحذف بعد شهر",
        ),
        timers: &[Timer::TakenPapers, Timer::IdentityPapers],
    },
    Processing {
        key: "tickets",
        name: texts("Tickets and mail", "Tickets et courrier", "التذاكر والبريد"),
        purpose: texts(
            "Answering and proving what was said",
            "Répondre et prouver ce qui a été dit",
            "الرد وإثبات ما قيل",
        ),
        data: texts(
            "Names, e-mail addresses, messages, attachments, raw mails, answers to satisfaction surveys",
            "Noms, adresses électroniques, messages, pièces jointes, courriels bruts, réponses aux enquêtes de satisfaction",
            "الأسماء وعناوين البريد والرسائل والمرفقات والرسائل الخام وإجابات استبيانات الرضا",
        ),
        basis: Basis::Contract,
        law: "18-07 art. 7; GDPR 6(1)(b)",
        kept: texts(
            "As long as the ticket; raw mails one year, messages that were begun and never sent a month with their files, other uploads that were never sent one day",
            "Aussi longtemps que le ticket ; courriels bruts un an, messages commencés et jamais envoyés un mois avec leurs fichiers, autres fichiers jamais envoyés un jour",
            "ما دامت التذكرة؛ والرسائل الخام سنة، والرسائل التي بدأت كتابتها ولم تُرسل شهرًا مع ملفاتها، وسائر الملفات غير المرسلة يومًا واحدًا",
        ),
        timers: &[
            Timer::LooseUploads,
            Timer::Events,
            Timer::MailboxTests,
            Timer::Bulks,
            Timer::Drafts,
            Timer::TicketPrints,
            Timer::TicketExports,
            Timer::AutomationRuns,
            Timer::WebhookDeliveries,
            Timer::Notifications,
            Timer::RawMails,
        ],
    },
    Processing {
        key: "audit",
        name: texts("Audit trail", "Journal d’audit", "سجل التدقيق"),
        purpose: texts(
            "Proving who changed what, and that nobody changed the proof",
            "Prouver qui a changé quoi, et que la preuve est intacte",
            "إثبات من غيّر ماذا، وأن الدليل سليم",
        ),
        data: texts(
            "Actor, session, IP address, browser, changed fields with secrets removed",
            "Auteur, session, adresse IP, navigateur, champs modifiés sans les secrets",
            "الفاعل والجلسة وعنوان IP والمتصفح والحقول المعدلة دون الأسرار",
        ),
        basis: Basis::LegitimateInterest,
        law: "18-07 art. 38; GDPR 5(2), 6(1)(f)",
        kept: texts(
            "As long as what it proves; its lines are chained and cannot be changed, but for the name of somebody who was erased",
            "Aussi longtemps que ce qu’il prouve ; ses lignes sont chaînées et immuables, sauf le nom d’une personne effacée",
            "ما دام ما يثبته قائمًا؛ وأسطره مترابطة ولا تتغير سوى اسم من مُحيت بياناته",
        ),
        timers: &[Timer::Runs],
    },
    Processing {
        key: "requests",
        name: texts(
            "Requests of people about their data",
            "Demandes des personnes sur leurs données",
            "طلبات الأشخاص بشأن بياناتهم",
        ),
        purpose: texts(
            "Giving everybody a copy of what is kept about him, and erasing it",
            "Remettre à chacun une copie de ce qui est conservé sur lui, et l’effacer",
            "تسليم كل شخص نسخة مما يُحفظ عنه ومحوه",
        ),
        data: texts(
            "All of the above that concerns the person, as one encrypted archive; who asked and who opened it",
            "Tout ce qui précède et concerne la personne, en une archive chiffrée ; qui l’a demandée et ouverte",
            "كل ما سبق مما يخص الشخص، في أرشيف واحد مشفر؛ ومن طلبه ومن فتحه",
        ),
        basis: Basis::LegalObligation,
        law: "18-07 art. 34, 35; GDPR 6(1)(c), 15, 17, 20",
        kept: texts(
            "The archive seven days; that it was asked for, as long as the account",
            "L’archive sept jours ; la trace de la demande, tant que le compte existe",
            "الأرشيف سبعة أيام؛ وأثر الطلب ما دام الحساب قائمًا",
        ),
        timers: &[Timer::PersonalExports],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_deleted_stands_in_the_register_and_every_text_in_three_languages() {
        for timer in Timer::ALL {
            let places = REGISTER.iter().filter(|one| one.timers.contains(&timer)).count();
            assert!(places == 1, "{timer:?}");
            assert!(timer.days() >= 1);
        }
        for one in REGISTER {
            for texts in [one.name, one.purpose, one.data, one.kept] {
                assert!(
                    [texts.en, texts.fr, texts.ar].iter().all(|text| !text.is_empty()),
                    "{}",
                    one.key
                );
                assert!(
                    texts.ar.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                    "{}",
                    one.key
                );
            }
        }
    }
}
