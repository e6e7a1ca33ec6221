//! What is wrong with a row, in the reader's language: for the report and for the file that goes back to whoever keeps the list.

use super::{Column, RowIssue};
use crate::locale::Locale;

type Three = [&'static str; 3];

fn reason(code: &str) -> Option<Three> {
    macro_rules! table {
        ($($code:literal => $fr:literal, $en:literal, $ar:literal;)*) => {
            match code {
                $($code => Some([$fr, $en, $ar]),)*
                _ => None,
            }
        };
    }
    table! {
        "empty" => "doit être rempli", "must not be empty", "يجب ملؤه";
        "too_long" => "est trop long", "is too long", "طويل جدا";
        "not_an_address" => "n’est pas une adresse e-mail", "is no e-mail address", "ليس عنوان بريد إلكتروني";
        "not_a_phone" => "n’est pas un numéro de téléphone", "is no telephone number", "ليس رقم هاتف";
        "not_a_website" => "n’est pas une adresse web", "is no web address", "ليس عنوان موقع";
        "unknown_language" => "n’est ni fr, ni en, ni ar", "is none of fr, en, ar", "ليس fr ولا en ولا ar";
        "digits_only" => "contient autre chose que des chiffres", "holds something else than digits", "يحتوي على غير الأرقام";
        "nif_length" => "un NIF a 15 ou 20 chiffres", "a NIF has 15 or 20 digits", "رقم NIF من 15 أو 20 رقما";
        "nis_length" => "un NIS a 15 chiffres", "a NIS has 15 digits", "رقم NIS من 15 رقما";
        "ai_length" => "un AI a 11 chiffres", "an AI has 11 digits", "رقم AI من 11 رقما";
        "nin_length" => "un NIN a 18 chiffres", "a NIN has 18 digits", "رقم NIN من 18 رقما";
        "rib_length" => "un RIB a 20 chiffres", "a RIB has 20 digits", "رقم RIB من 20 رقما";
        "rib_key" => "la clé du RIB est fausse : un chiffre est mal saisi", "the key of the RIB is wrong; a digit is mistyped", "مفتاح RIB خاطئ: هناك رقم غير صحيح";
        "rc_format" => "un RC s’écrit 16/00-1234567B20 ou 98B0123456", "an RC looks like 16/00-1234567B20 or 98B0123456", "يكتب RC مثل 16/00-1234567B20 أو 98B0123456";
        "persons_only" => "seule une personne a un NIN", "only a person has a NIN", "الأشخاص الطبيعيون وحدهم لديهم NIN";
        "unknown_country" => "n’est pas un code de pays à deux lettres", "is no country code of two letters", "ليس رمز بلد من حرفين";
        "postal_code" => "a 5 chiffres en Algérie", "has 5 digits in Algeria", "من 5 أرقام في الجزائر";
        "unknown_wilaya" => "n’est pas une wilaya", "is no wilaya", "ليست ولاية";
        "too_many" => "20 étiquettes de 40 caractères au plus", "20 tags of 40 characters at most", "20 وسما من 40 حرفا على الأكثر";
        "import_row_width" => "la ligne n’a pas autant de cellules que l’en-tête", "the row has not as many cells as the header", "عدد خلايا السطر لا يساوي عدد خلايا العنوان";
        "import_unknown_kind" => "n’est ni une personne ni une entreprise", "is neither a person nor a company", "ليس شخصا ولا شركة";
        "import_same_in_file" => "figure déjà à la ligne {} du fichier", "is on line {} of the file already", "موجود مسبقا في السطر {} من الملف";
        "import_same_customer" => "appartient déjà au client {}", "belongs to customer {} already", "يخص العميل {} مسبقا";
    }
}

const fn name(column: Column) -> Three {
    match column {
        Column::Kind => ["Type", "Kind", "النوع"],
        Column::CompanyName => ["Raison sociale", "Company name", "اسم الشركة"],
        Column::LegalForm => ["Forme juridique", "Legal form", "الشكل القانوني"],
        Column::FirstName => ["Prénom", "First name", "الاسم"],
        Column::LastName => ["Nom", "Last name", "اللقب"],
        Column::Email => ["E-mail", "E-mail", "البريد الإلكتروني"],
        Column::Phone => ["Téléphone", "Telephone", "الهاتف"],
        Column::Website => ["Site web", "Web site", "الموقع"],
        Column::Locale => ["Langue", "Language", "اللغة"],
        Column::Nif => ["NIF", "NIF", "NIF"],
        Column::Nis => ["NIS", "NIS", "NIS"],
        Column::Rc => ["RC", "RC", "RC"],
        Column::Ai => ["AI", "AI", "AI"],
        Column::Rib => ["RIB", "RIB", "RIB"],
        Column::Nin => ["NIN", "NIN", "NIN"],
        Column::ExternalId => ["Référence", "Reference", "المرجع"],
        Column::Tags => ["Étiquettes", "Tags", "الوسوم"],
        Column::Line1 => ["Adresse", "Address", "العنوان"],
        Column::Line2 => ["Complément d’adresse", "Address, second line", "تتمة العنوان"],
        Column::PostalCode => ["Code postal", "Postal code", "الرمز البريدي"],
        Column::City => ["Ville", "Town", "المدينة"],
        Column::Wilaya => ["Wilaya", "Wilaya", "الولاية"],
        Column::Country => ["Pays", "Country", "البلد"],
    }
}

const fn of(three: Three, locale: Locale) -> &'static str {
    match locale {
        Locale::Fr => three[0],
        Locale::En => three[1],
        Locale::Ar => three[2],
    }
}

/// Name of what a column holds.
#[must_use]
pub const fn column(held: Column, locale: Locale) -> &'static str {
    of(name(held), locale)
}

/// An issue without its column, such as "a NIF has 15 or 20 digits".
#[must_use]
pub fn message(issue: &RowIssue, locale: Locale) -> String {
    let text = reason(&issue.code).map_or(issue.code.as_str(), |three| of(three, locale));
    match issue.other {
        Some(other) => text.replace("{}", &other.to_string()),
        None => text.to_owned(),
    }
}

/// An issue with its column and its cell, for one cell of a file.
#[must_use]
pub fn sentence(issue: &RowIssue, locale: Locale) -> String {
    let message = message(issue, locale);
    match issue.column {
        Some(held) if issue.value.is_empty() => format!("{}: {message}", column(held, locale)),
        Some(held) => format!("{} ({}): {message}", column(held, locale), issue.value),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_reads_as_a_sentence() {
        let issue = RowIssue::new(Some(Column::Nif), "import_same_customer", "000116001234567").with(10_042);
        assert_eq!(
            sentence(&issue, Locale::En),
            "NIF (000116001234567): belongs to customer 10042 already"
        );
        assert!(message(&issue, Locale::Fr).contains("10042"));
        assert_ne!(message(&issue, Locale::Ar), issue.code);
        assert_eq!(message(&RowIssue::new(None, "new_code", ""), Locale::En), "new_code");
    }
}
