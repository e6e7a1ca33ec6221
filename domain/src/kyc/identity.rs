//! What of a customer's profile is his identity: an approval speaks of these data, so a change of one of them ends it.

use crate::locale::Locale;

/// Fields of the profile that papers prove. Of a company, first and last name are those of whoever represents it.
const PROVEN: [&str; 10] = [
    "kind",
    "first_name",
    "last_name",
    "company_name",
    "legal_form",
    "nif",
    "nis",
    "rc",
    "ai",
    "nin",
];

/// Whether papers prove this field.
#[must_use]
pub fn is_proven(field: &str) -> bool {
    PROVEN.contains(&field)
}

fn name(field: &str, locale: Locale) -> String {
    let [fr, en, ar] = match field {
        "kind" => ["type", "kind", "النوع"],
        "first_name" => ["prénom", "first name", "الاسم"],
        "last_name" => ["nom", "last name", "اللقب"],
        "company_name" => ["raison sociale", "company name", "اسم الشركة"],
        "legal_form" => ["forme juridique", "legal form", "الشكل القانوني"],
        identifier => return identifier.to_uppercase(),
    };
    match locale {
        Locale::Fr => fr,
        Locale::En => en,
        Locale::Ar => ar,
    }
    .to_owned()
}

/// Why an approval no longer holds, as told to the customer.
#[must_use]
pub fn reason(fields: &[&str], locale: Locale) -> String {
    let names: Vec<String> = fields.iter().map(|field| name(field, locale)).collect();
    let names = names.join(if locale == Locale::Ar { "، " } else { ", " });
    match locale {
        Locale::Fr => format!("Ces données ont changé : {names}. Remettez les pièces qui les prouvent."),
        Locale::En => format!("These data changed: {names}. Hand in the papers that prove them."),
        Locale::Ar => format!("تغيرت هذه البيانات: {names}. قدم الوثائق التي تثبتها."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_papers_prove_is_named() {
        assert!(is_proven("nif") && is_proven("company_name") && !is_proven("phone") && !is_proven("rib"));
        let text = reason(&["company_name", "nif"], Locale::Fr);
        assert!(text.contains("raison sociale, NIF"), "{text}");
    }
}
