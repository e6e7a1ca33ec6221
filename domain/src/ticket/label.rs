//! What states and priorities are called in files that leave the product. On its pages the same words stand in `core.json`.

use super::{Priority, State};
use crate::{locale::Locale, permission::Texts};

const fn texts(en: &'static str, fr: &'static str, ar: &'static str) -> Texts {
    Texts { en, fr, ar }
}

impl State {
    /// What it is called.
    #[must_use]
    pub const fn label(self, locale: Locale) -> &'static str {
        match self {
            Self::Open => texts("Open", "Ouvert", "مفتوحة"),
            Self::InProgress => texts("In progress", "En cours", "قيد المعالجة"),
            Self::Answered => texts("Answered", "Répondu", "تم الرد"),
            Self::WaitingForResponse => texts("Waiting for customer", "Attente du client", "بانتظار العميل"),
            Self::OnHold => texts("On hold", "En pause", "معلّقة"),
            Self::Resolved => texts("Resolved", "Résolu", "محلولة"),
            Self::Closed => texts("Closed", "Fermé", "مغلقة"),
        }
        .of(locale)
    }
}

impl Priority {
    /// What it is called.
    #[must_use]
    pub const fn label(self, locale: Locale) -> &'static str {
        match self {
            Self::Low => texts("Low", "Basse", "منخفضة"),
            Self::Medium => texts("Medium", "Moyenne", "متوسطة"),
            Self::High => texts("High", "Haute", "عالية"),
            Self::Urgent => texts("Urgent", "Urgente", "عاجلة"),
        }
        .of(locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_say_what_pages_say() {
        let pages = [
            (Locale::Fr, include_str!("../../../web/src/i18n/locales/fr/core.json")),
            (Locale::En, include_str!("../../../web/src/i18n/locales/en/core.json")),
            (Locale::Ar, include_str!("../../../web/src/i18n/locales/ar/core.json")),
        ];
        for (locale, page) in pages {
            let words: serde_json::Value = serde_json::from_str(page).unwrap();
            for state in State::ALL {
                assert_eq!(words["ticketState"][state.as_str()], state.label(locale));
            }
            for priority in Priority::ALL {
                assert_eq!(words["priority"][priority.as_str()], priority.label(locale));
            }
        }
    }
}
