//! Where an address is.

/// Wilayas by number, in French and Arabic. 49 to 58 exist since 2019 (law 19-12).
const WILAYAS: [(&str, &str); 58] = [
    ("Adrar", "أدرار"),
    ("Chlef", "الشلف"),
    ("Laghouat", "الأغواط"),
    ("Oum El Bouaghi", "أم البواقي"),
    ("Batna", "باتنة"),
    ("Béjaïa", "بجاية"),
    ("Biskra", "بسكرة"),
    ("Béchar", "بشار"),
    ("Blida", "البليدة"),
    ("Bouira", "البويرة"),
    ("Tamanrasset", "تمنراست"),
    ("Tébessa", "تبسة"),
    ("Tlemcen", "تلمسان"),
    ("Tiaret", "تيارت"),
    ("Tizi Ouzou", "تيزي وزو"),
    ("Alger", "الجزائر"),
    ("Djelfa", "الجلفة"),
    ("Jijel", "جيجل"),
    ("Sétif", "سطيف"),
    ("Saïda", "سعيدة"),
    ("Skikda", "سكيكدة"),
    ("Sidi Bel Abbès", "سيدي بلعباس"),
    ("Annaba", "عنابة"),
    ("Guelma", "قالمة"),
    ("Constantine", "قسنطينة"),
    ("Médéa", "المدية"),
    ("Mostaganem", "مستغانم"),
    ("M'Sila", "المسيلة"),
    ("Mascara", "معسكر"),
    ("Ouargla", "ورقلة"),
    ("Oran", "وهران"),
    ("El Bayadh", "البيض"),
    ("Illizi", "إليزي"),
    ("Bordj Bou Arréridj", "برج بوعريريج"),
    ("Boumerdès", "بومرداس"),
    ("El Tarf", "الطارف"),
    ("Tindouf", "تندوف"),
    ("Tissemsilt", "تيسمسيلت"),
    ("El Oued", "الوادي"),
    ("Khenchela", "خنشلة"),
    ("Souk Ahras", "سوق أهراس"),
    ("Tipaza", "تيبازة"),
    ("Mila", "ميلة"),
    ("Aïn Defla", "عين الدفلى"),
    ("Naâma", "النعامة"),
    ("Aïn Témouchent", "عين تموشنت"),
    ("Ghardaïa", "غرداية"),
    ("Relizane", "غليزان"),
    ("Timimoun", "تيميمون"),
    ("Bordj Badji Mokhtar", "برج باجي مختار"),
    ("Ouled Djellal", "أولاد جلال"),
    ("Béni Abbès", "بني عباس"),
    ("In Salah", "عين صالح"),
    ("In Guezzam", "عين قزام"),
    ("Touggourt", "تقرت"),
    ("Djanet", "جانت"),
    ("El M'Ghair", "المغير"),
    ("El Meniaa", "المنيعة"),
];

/// Names of the wilaya with this number, in French and Arabic.
#[must_use]
pub fn wilaya(number: u8) -> Option<(&'static str, &'static str)> {
    WILAYAS.get(usize::from(number).checked_sub(1)?).copied()
}

/// A country code as two capitals (ISO 3166-1); only the shape is checked.
#[must_use]
pub fn country(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    (code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilayas_are_counted_from_one() {
        assert_eq!(wilaya(16).unwrap().0, "Alger");
        assert_eq!(wilaya(58).unwrap().0, "El Meniaa");
        assert!(wilaya(0).is_none() && wilaya(59).is_none());
        assert_eq!(country(" dz ").as_deref(), Some("DZ"));
        assert!(country("é").is_none() && country("DZA").is_none());
    }
}
