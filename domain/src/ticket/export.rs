//! Which columns a list of tickets has in a file, and what they are called.

use crate::{locale::Locale, permission::Texts};

macro_rules! columns {
    ($($name:ident $whose:ident [$en:literal, $fr:literal, $ar:literal],)*) => {
        /// A column of the file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Column {
            $(#[doc = concat!($en, ".")] $name,)*
        }

        impl Column {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn texts(self) -> Texts {
                match self {
                    $(Self::$name => Texts { en: $en, fr: $fr, ar: $ar },)*
                }
            }

            const fn is_for(self, staff: bool) -> bool {
                match self {
                    $(Self::$name => columns!(@for $whose staff),)*
                }
            }
        }
    };
    (@for all $staff:ident) => { true };
    (@for staff $staff:ident) => { $staff };
}

columns! {
    Number all ["Number", "Numéro", "الرقم"],
    Subject all ["Subject", "Objet", "الموضوع"],
    State all ["State", "État", "الحالة"],
    Priority all ["Priority", "Priorité", "الأولوية"],
    Category all ["Category", "Catégorie", "الفئة"],
    Tags staff ["Tags", "Étiquettes", "الوسوم"],
    Group staff ["Group", "Groupe", "المجموعة"],
    Assignee staff ["Assigned to", "Affecté à", "مسندة إلى"],
    Requester all ["Requester", "Demandeur", "صاحب الطلب"],
    RequesterEmail all ["Requester’s address", "Adresse du demandeur", "بريد صاحب الطلب"],
    Messages all ["Messages", "Messages", "الرسائل"],
    CreatedAt all ["Opened", "Ouvert le", "تاريخ الفتح"],
    LastMessageAt all ["Last message", "Dernier message", "آخر رسالة"],
    UpdatedAt all ["Changed", "Modifié le", "آخر تغيير"],
    DueAt staff ["Due", "Échéance", "الموعد"],
    Breached staff ["Promise broken", "Engagement rompu", "إخلال بالموعد"],
}

impl Column {
    /// The columns that staff or a customer gets, in their order.
    pub fn of(staff: bool) -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(move |column| column.is_for(staff))
    }

    /// What stands above it.
    #[must_use]
    pub const fn head(self, locale: Locale) -> &'static str {
        self.texts().of(locale)
    }
}

/// A yes or no in a cell.
#[must_use]
pub const fn yes_or_no(yes: bool, locale: Locale) -> &'static str {
    if yes {
        Texts {
            en: "yes",
            fr: "oui",
            ar: "نعم",
        }
    } else {
        Texts {
            en: "no",
            fr: "non",
            ar: "لا",
        }
    }
    .of(locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_gets_nothing_that_is_among_staff() {
        let own: Vec<Column> = Column::of(false).collect();
        for among_staff in [
            Column::Tags,
            Column::Group,
            Column::Assignee,
            Column::DueAt,
            Column::Breached,
        ] {
            assert!(!own.contains(&among_staff));
        }
        assert_eq!(Column::of(true).count(), Column::ALL.len());
    }

    #[test]
    fn no_two_columns_have_one_head() {
        for locale in [Locale::Fr, Locale::En, Locale::Ar] {
            let mut heads: Vec<&str> = Column::of(true).map(|column| column.head(locale)).collect();
            heads.sort_unstable();
            heads.dedup();
            assert_eq!(heads.len(), Column::ALL.len());
        }
    }
}
