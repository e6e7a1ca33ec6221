//! What clocks are called, in each language.

use domain::{locale::Locale, sla::Kind};

pub(super) const fn clock(locale: Locale, kind: Kind) -> &'static str {
    match (locale, kind) {
        (Locale::Fr, Kind::FirstResponse) => "première réponse",
        (Locale::Fr, Kind::NextResponse) => "réponse suivante",
        (Locale::Fr, Kind::Resolution) => "résolution",
        (Locale::En, Kind::FirstResponse) => "first response",
        (Locale::En, Kind::NextResponse) => "next response",
        (Locale::En, Kind::Resolution) => "resolution",
        (Locale::Ar, Kind::FirstResponse) => "الرد الأول",
        (Locale::Ar, Kind::NextResponse) => "الرد التالي",
        (Locale::Ar, Kind::Resolution) => "الحل",
    }
}
