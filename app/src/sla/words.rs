//! What people are told about clocks, in their language.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    locale::Locale,
    sla::{Alert, Kind},
};

/// What a notice is about.
pub(super) struct Notice<'a> {
    pub(super) number: i64,
    pub(super) subject: &'a str,
    pub(super) kind: Kind,
    pub(super) alert: Alert,
    /// When the clock is, or was, due.
    pub(super) due_at: DateTime<Utc>,
    pub(super) zone: Tz,
    pub(super) url: &'a str,
}

/// Subject and text.
pub(super) fn notice(locale: Locale, n: &Notice<'_>) -> (String, String) {
    let due = n.due_at.with_timezone(&n.zone).format("%Y-%m-%d %H:%M %Z");
    let (number, subject, url) = (n.number, n.subject, n.url);
    let clock = clock(locale, n.kind);
    let over = n.alert >= Alert::Breach;
    match (locale, over) {
        (Locale::Fr, false) => (
            format!("Ticket {number} : échéance proche ({clock})"),
            format!("« {subject} »\n\nÉchéance ({clock}) : {due}.\n\n{url}"),
        ),
        (Locale::Fr, true) => (
            format!("Ticket {number} : échéance dépassée ({clock})"),
            format!("« {subject} »\n\nL’échéance ({clock}) est dépassée depuis : {due}.\n\n{url}"),
        ),
        (Locale::En, false) => (
            format!("Ticket {number}: due soon ({clock})"),
            format!("“{subject}”\n\nDue ({clock}): {due}.\n\n{url}"),
        ),
        (Locale::En, true) => (
            format!("Ticket {number}: overdue ({clock})"),
            format!("“{subject}”\n\nOverdue ({clock}) since {due}.\n\n{url}"),
        ),
        (Locale::Ar, false) => (
            format!("التذكرة {number}: الموعد قريب ({clock})"),
            format!("«{subject}»\n\nالموعد ({clock}): {due}.\n\n{url}"),
        ),
        (Locale::Ar, true) => (
            format!("التذكرة {number}: تجاوزت الموعد ({clock})"),
            format!("«{subject}»\n\nتجاوزت الموعد ({clock}) منذ: {due}.\n\n{url}"),
        ),
    }
}

const fn clock(locale: Locale, kind: Kind) -> &'static str {
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
