use chrono::{Datelike, Duration, TimeZone, Timelike, Weekday};
use proptest::prelude::*;

use super::*;
use crate::words::WordSet;

const ZONES: [Tz; 6] = [
    Tz::Africa__Algiers,
    Tz::Europe__Paris,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::Africa__Casablanca,
    Tz::Asia__Kathmandu,
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn quiet(from: u16, to: u16) -> QuietHours {
    QuietHours::new(from * 60, to * 60).unwrap()
}

#[test]
fn quiet_hours_past_midnight_end_in_the_morning() {
    let zone = Tz::Europe__Paris;
    let night = quiet(22, 7);
    assert_eq!(night.over(zone, at("2026-01-10T20:59:59Z")), at("2026-01-10T20:59:59Z"));
    assert_eq!(night.over(zone, at("2026-01-10T21:00:00Z")), at("2026-01-11T06:00:00Z"));
    assert_eq!(night.over(zone, at("2026-01-11T05:59:59Z")), at("2026-01-11T06:00:00Z"));
    assert_eq!(night.over(zone, at("2026-01-11T06:00:00Z")), at("2026-01-11T06:00:00Z"));
    // The night in which the clocks go forward is an hour shorter, the one in which they go back an hour longer.
    assert_eq!(night.over(zone, at("2026-03-28T23:00:00Z")), at("2026-03-29T05:00:00Z"));
    assert_eq!(night.over(zone, at("2026-10-24T22:00:00Z")), at("2026-10-25T06:00:00Z"));
    assert!(QuietHours::new(60, 60).is_err() && QuietHours::new(0, 1440).is_err());
}

#[test]
fn a_digest_comes_once_in_the_nights_in_which_the_clocks_change() {
    let zone = Tz::Europe__Paris;
    let daily = Rhythm { weekday: None, hour: 2 };
    // 02:00 does not exist on 29 March: the gap ends at 03:00, which is 01:00 UTC.
    let gap = daily.next(zone, at("2026-03-28T12:00:00Z"));
    assert_eq!(gap, at("2026-03-29T01:00:00Z"));
    assert_eq!(daily.next(zone, gap), at("2026-03-30T00:00:00Z"));
    // 02:00 comes twice on 25 October: the first is it.
    let twice = daily.next(zone, at("2026-10-24T12:00:00Z"));
    assert_eq!(twice, at("2026-10-25T00:00:00Z"));
    assert_eq!(daily.next(zone, twice), at("2026-10-26T01:00:00Z"));
}

#[test]
fn what_protects_an_account_cannot_be_silenced() {
    let mut preferences = Preferences {
        quiet: Some(quiet(0, 23)),
        ..Preferences::default()
    };
    for channel in Channel::ALL {
        preferences.chosen.insert((Topic::Security, *channel), Delivery::Off);
    }
    let now = at("2026-01-10T12:00:00Z");
    assert_eq!(preferences.of(Topic::Security, Channel::Mail), Delivery::Immediate);
    assert_eq!(preferences.course(Topic::Security, Channel::Mail, now), Course::At(now));
    assert!(preferences.next_digest(now) > now);
}

#[test]
fn what_holds_without_a_choice_may_be_chosen_or_does_not_go_that_way() {
    for topic in Topic::ALL {
        for channel in Channel::ALL {
            let (choices, usual) = (topic.choices(*channel), topic.usual(*channel));
            assert!(
                choices.contains(&usual) || (choices.is_empty() && usual == Delivery::Off),
                "{topic:?} {channel:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn quiet_hours_hold_back_to_their_end_and_no_longer(
        zone in 0..ZONES.len(), second in 1_735_700_000i64..1_830_000_000, from in 0u16..1440, to in 0u16..1440,
    ) {
        prop_assume!(from != to);
        let (zone, now) = (ZONES[zone], Utc.timestamp_opt(second, 0).unwrap());
        let hours = QuietHours::new(from, to).unwrap();
        let over = hours.over(zone, now);
        prop_assert!(over >= now && over - now <= Duration::hours(25));
        // What is let go is not held back again.
        prop_assert_eq!(hours.over(zone, over), over);
        let local = now.with_timezone(&zone);
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap();
        let inside = if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        // On days whose clocks do not change the clock on the wall decides.
        let offset = |at: DateTime<Utc>| chrono::Offset::fix(at.with_timezone(&zone).offset());
        if offset(now - Duration::days(2)) == offset(now + Duration::days(2)) {
            prop_assert_eq!(over > now, inside);
            let end = over.with_timezone(&zone);
            prop_assert!(!inside || end.hour() * 60 + end.minute() == u32::from(to));
        }
    }

    #[test]
    fn digests_come_once_a_day_or_week_at_their_hour(
        zone in 0..ZONES.len(), second in 1_735_700_000i64..1_830_000_000, hour in 0u8..24, day in 0u8..8,
    ) {
        let (zone, start) = (ZONES[zone], Utc.timestamp_opt(second, 0).unwrap());
        let weekday = Weekday::try_from(day).ok();
        let rhythm = Rhythm { weekday, hour };
        let mut now = start;
        let mut last: Option<chrono::NaiveDate> = None;
        for _ in 0..30 {
            let next = rhythm.next(zone, now);
            prop_assert!(next > now);
            let date = next.with_timezone(&zone).date_naive();
            prop_assert!(weekday.is_none_or(|weekday| date.weekday() == weekday));
            if let Some(before) = last {
                prop_assert_eq!((date - before).num_days(), if weekday.is_some() { 7 } else { 1 });
            }
            // Asked at any moment until then it is the same one: whoever looks late sends the one he missed, and one only.
            prop_assert_eq!(rhythm.next(zone, next - Duration::seconds(1)), next);
            last = Some(date);
            now = next;
        }
    }
}
