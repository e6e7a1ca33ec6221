use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::ticket::State;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn slot(from: u16, to: u16) -> Slot {
    Slot {
        from: from * 60,
        to: to * 60,
    }
}

fn spec(zone: &str, days: &[usize], slots: &[Slot]) -> CalendarSpec {
    let mut week: [Vec<Slot>; 7] = Default::default();
    for day in days {
        week[*day] = slots.to_vec();
    }
    CalendarSpec {
        zone: zone.to_owned(),
        week,
        holidays: Vec::new(),
    }
}

fn algiers() -> CalendarSpec {
    let mut spec = spec("Africa/Algiers", &[6, 0, 1, 2, 3], &[slot(8, 12), slot(13, 17)]);
    spec.holidays.push(Holiday {
        date: NaiveDate::from_ymd_opt(2020, 7, 5).unwrap(),
        yearly: true,
        name: "Independence".to_owned(),
        slots: Vec::new(),
    });
    spec
}

fn paris() -> CalendarSpec {
    let night = Slot { from: 150, to: 240 };
    spec("Europe/Paris", &[0, 1, 2, 3, 4, 5, 6], &[night, slot(22, 1)])
}

fn always(zone: &str) -> CalendarSpec {
    spec(zone, &[0, 1, 2, 3, 4, 5, 6], &[Slot { from: 0, to: 1440 }])
}

fn ready(spec: &CalendarSpec) -> Arc<Calendar> {
    Arc::new(Calendar::new(spec).unwrap())
}

fn terms(calendar: &Arc<Calendar>, scale: i64) -> Terms {
    Terms {
        calendar: calendar.clone(),
        targets: Targets {
            first_response: Some(3600 * scale),
            next_response: Some(2 * 3600 * scale),
            resolution: Some(8 * 3600 * scale),
        },
        pause: Pause::default(),
        warnings: vec![50, 90],
        escalations: vec![(Kind::Resolution, 3600), (Kind::FirstResponse, 0)],
    }
}

const HOUR: i64 = 3600 * SECOND;

#[test]
fn a_weekend_and_a_holiday_do_not_count() {
    let calendar = ready(&algiers());
    // Thursday 16:00 in Algiers (UTC+1) + 2 h = Sunday 09:00.
    assert_eq!(
        calendar.add(utc("2026-11-19T15:00:00Z"), 2 * HOUR),
        Some(utc("2026-11-22T08:00:00Z"))
    );
    // 5 July 2026 is a Sunday and a holiday: Thursday 16:30 + 1 h = Monday 08:30.
    assert_eq!(
        calendar.add(utc("2026-07-02T15:30:00Z"), HOUR),
        Some(utc("2026-07-06T07:30:00Z"))
    );
    let spans = calendar.spans(utc("2026-07-04T23:00:00Z"), utc("2026-07-06T07:30:00Z"));
    let days: Vec<Day> = spans.into_iter().map(|span| span.day).collect();
    assert_eq!(days, [Day::Holiday("Independence".to_owned()), Day::Closed, Day::Open]);
}

#[test]
fn days_are_those_with_hours_and_end_within_them() {
    let calendar = ready(&algiers());
    let after = |from: &str, days| calendar.after_days(utc(from), days).unwrap();
    // Thursday 10:00 in Algiers (UTC+1): Friday and Saturday are no days, Sunday is the first.
    assert_eq!(after("2026-11-19T09:00:00Z", 1), utc("2026-11-22T09:00:00Z"));
    assert_eq!(after("2026-11-19T09:00:00Z", 3), utc("2026-11-24T09:00:00Z"));
    assert_eq!(after("2026-11-19T09:00:00Z", 0), utc("2026-11-19T09:00:00Z"));
    // Asked on a Friday: the first day is Sunday all the same.
    assert_eq!(after("2026-11-20T09:00:00Z", 1), utc("2026-11-22T09:00:00Z"));
    // At noon nobody is there until one, and after five nobody until the next day.
    assert_eq!(after("2026-11-16T11:30:00Z", 1), utc("2026-11-17T12:00:00Z"));
    assert_eq!(after("2026-11-16T20:00:00Z", 1), utc("2026-11-18T07:00:00Z"));
    // Sunday, 5 July 2026, is a holiday.
    assert_eq!(after("2026-07-02T09:00:00Z", 1), utc("2026-07-06T09:00:00Z"));
    assert_eq!(calendar.after_days(utc("2026-07-02T09:00:00Z"), 5000), None);
}

#[test]
fn a_day_keeps_its_local_time_when_the_clocks_change() {
    let mut office = spec("Europe/Paris", &[0, 1, 2, 3, 4], &[slot(9, 18)]);
    // A holiday with hours of its own is a working day.
    office.holidays.push(Holiday {
        date: NaiveDate::from_ymd_opt(2026, 3, 28).unwrap(),
        yearly: false,
        name: "Open on a Saturday".to_owned(),
        slots: vec![slot(9, 12)],
    });
    let calendar = ready(&office);
    let after = |from: &str, days| calendar.after_days(utc(from), days).unwrap();
    // Friday 10:00 (UTC+1); on Sunday, 29 March, the clocks go forward: Monday 10:00 is 08:00 UTC.
    assert_eq!(after("2026-03-27T09:00:00Z", 1), utc("2026-03-28T09:00:00Z"));
    assert_eq!(after("2026-03-27T09:00:00Z", 2), utc("2026-03-30T08:00:00Z"));
    // On Sunday, 25 October, they go back.
    assert_eq!(after("2026-10-23T08:00:00Z", 1), utc("2026-10-26T09:00:00Z"));
    // A time that the night skips is the first one after it.
    let always = ready(&always("Europe/Paris"));
    assert_eq!(
        always.after_days(utc("2026-03-28T01:30:00Z"), 1),
        Some(utc("2026-03-29T01:00:00Z"))
    );
}

#[test]
fn hours_in_the_gap_shift_and_hours_that_come_twice_are_not_counted_twice() {
    let calendar = ready(&paris());
    let day = |from: &str, to: &str| calendar.elapsed(utc(from), utc(to));
    // 29 March 2026, 02:00 becomes 03:00: of 02:30–04:00 one hour is left.
    assert_eq!(day("2026-03-28T23:00:00Z", "2026-03-29T10:00:00Z"), 2 * HOUR);
    // 25 October 2026, 03:00 becomes 02:00: 02:30–04:00 takes two hours and a half.
    assert_eq!(day("2026-10-24T22:00:00Z", "2026-10-25T10:00:00Z"), HOUR + HOUR * 5 / 2);
    let samoa = ready(&always("Pacific/Apia"));
    let (from, to) = (utc("2011-12-29T00:00:00Z"), utc("2012-01-02T00:00:00Z"));
    assert_eq!(samoa.elapsed(from, to), 4 * 24 * HOUR, "a skipped day takes no time");
}

#[test]
fn a_clock_is_paused_just_before_it_is_due_and_warns_of_nothing_meanwhile() {
    let at = utc("2026-11-16T08:00:00Z");
    let calendar = ready(&always("UTC"));
    let mut clocks = Clocks::open(terms(&calendar, 1), at, true);
    let pause = at + Duration::hours(8) - Duration::seconds(1);
    let raised = clocks.apply(&Happening::State(State::WaitingForResponse), pause);
    assert_eq!(
        raised.iter().map(|r| r.alert.to_string()).collect::<Vec<_>>(),
        ["warning_50", "warning_90"]
    );
    assert_eq!((clocks.next_due(), clocks.clocks[0].next_check_at), (None, None));
    assert_eq!(clocks.advance(pause + Duration::days(9)), []);
    let again = pause + Duration::days(10);
    clocks.apply(&Happening::State(State::Open), again);
    assert_eq!(clocks.next_due(), Some(again + Duration::seconds(1)));
    let breach = clocks.advance(again + Duration::hours(6));
    assert_eq!(
        (breach[0].alert, breach[0].at),
        (Alert::Breach, again + Duration::seconds(1))
    );
    assert_eq!(breach[1].alert, Alert::Escalation(1));
    assert_eq!(breach.len(), 2);
}

#[test]
fn who_is_to_answer_decides_which_clock_runs() {
    let at = utc("2026-11-16T08:00:00Z");
    let hour = Duration::hours(1);
    let mut clocks = Clocks::open(terms(&ready(&always("UTC")), 1), at, false);
    clocks.apply(&Happening::CustomerMessage, at + hour / 2);
    assert_eq!(clocks.clocks.len(), 2, "a second message does not restart anything");
    clocks.apply(&Happening::State(State::OnHold), at + hour / 2);
    let late = clocks.apply(&Happening::AgentReply, at + hour * 2);
    assert!(
        late.iter().any(|r| r.alert == Alert::Breach && r.at == at + hour),
        "{late:?}"
    );
    let first = &clocks.clocks[0];
    assert_eq!(
        (first.status, first.ended_at, first.breached_at),
        (Status::Met, Some(at + hour * 2), Some(at + hour))
    );
    clocks.apply(&Happening::CustomerMessage, at + hour * 3);
    clocks.apply(&Happening::NoReplyNeeded, at + hour * 4);
    clocks.apply(&Happening::CustomerMessage, at + hour * 5);
    let later: Vec<_> = clocks.clocks.iter().filter(|c| c.kind == Kind::NextResponse).collect();
    assert_eq!(
        (later[0].status, later[1].status, later[1].cycle),
        (Status::Cancelled, Status::Running, 2)
    );
    clocks.apply(&Happening::AgentReply, at + hour * 6);
    clocks.apply(&Happening::ReplyFailed(at + hour * 6), at + hour * 6 + hour / 2);
    let last = clocks.clocks.last().unwrap();
    assert_eq!((last.status, last.due_at), (Status::Running, Some(at + hour * 7)));
}

#[test]
fn wrong_calendars_and_policies_are_refused() {
    let wrong = |change: fn(&mut CalendarSpec)| {
        let mut spec = algiers();
        change(&mut spec);
        Calendar::new(&spec).unwrap_err().code()
    };
    assert_eq!(wrong(|s| s.zone = "Africa/Atlantis".to_owned()), "unknown_zone");
    assert_eq!(wrong(|s| s.week = Default::default()), "no_hours");
    assert_eq!(wrong(|s| s.week[0] = vec![slot(8, 12), slot(11, 13)]), "bad_hours");
    assert_eq!(wrong(|s| s.week[0] = vec![slot(8, 25)]), "bad_hours");
    assert_eq!(wrong(|s| s.holidays.push(s.holidays[0].clone())), "day_twice");
    assert_eq!(wrong(|s| s.holidays[0].name = " ".to_owned()), "bad_name");
    let policy = PolicySpec {
        priorities: Vec::new(),
        categories: Vec::new(),
        groups: Vec::new(),
        customer_kinds: Vec::new(),
        customer_tiers: Vec::new(),
        targets: [Targets::default(); 4],
        pause: Pause::default(),
        warnings: vec![90, 50],
        escalations: Vec::new(),
    };
    assert_eq!(policy.check().unwrap_err().code(), "no_target");
    let mut promising = policy;
    promising.targets[0].resolution = Some(3600);
    assert_eq!(promising.check().unwrap_err().code(), "bad_warnings");
    promising.warnings = vec![50, 90];
    assert_eq!(promising.check(), Ok(()));
    promising.targets[1].first_response = Some(1);
    assert_eq!(promising.check().unwrap_err().pointer(), "/targets/1/first_response");
}

fn calendars() -> impl Strategy<Value = Arc<Calendar>> {
    prop_oneof![
        Just(ready(&algiers())),
        Just(ready(&paris())),
        Just(ready(&spec(
            "America/New_York",
            &[0, 1, 2, 3, 4],
            &[slot(0, 3), slot(9, 17)]
        ))),
        Just(ready(&spec("Australia/Lord_Howe", &[0, 3, 6], &[slot(1, 23)]))),
        Just(ready(&always("Asia/Beirut"))),
    ]
}

/// Around both changes of the clocks of 2026, in Europe, America and Australia.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        0_i64..40 * 86_400_000_000,
        230 * 86_400_000_000_i64..270 * 86_400_000_000
    ]
    .prop_map(|us| Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap() + Duration::microseconds(us))
}

fn happenings() -> impl Strategy<Value = Vec<(i64, Happening)>> {
    let one = prop_oneof![
        4 => (0_usize..7).prop_map(|n| Happening::State(State::ALL[n])),
        3 => Just(Happening::CustomerMessage),
        3 => Just(Happening::AgentReply),
        1 => Just(Happening::NoReplyNeeded),
        // Its instant is filled in by the test.
        1 => Just(Happening::ReplyFailed(DateTime::UNIX_EPOCH)),
        1 => (calendars(), 1_i64..4).prop_map(|(calendar, scale)| Happening::Bound(terms(&calendar, scale))),
    ];
    prop::collection::vec((0_i64..30 * HOUR, one), 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn adding_and_counting_agree(calendar in calendars(), from in instants(), a in 0_i64..200 * HOUR, b in 0_i64..200 * HOUR) {
        let middle = calendar.add(from, a).unwrap();
        prop_assert_eq!(calendar.elapsed(from, middle), a);
        let to = middle + Duration::microseconds(b);
        prop_assert_eq!(calendar.elapsed(from, middle) + calendar.elapsed(middle, to), calendar.elapsed(from, to));
        let spans = calendar.spans(from, to);
        let open: i64 = spans.iter().filter(|s| s.day == Day::Open).map(|s| (s.to - s.from).num_microseconds().unwrap()).sum();
        prop_assert_eq!(open, calendar.elapsed(from, to));
    }

    /// Clocks moved on step by step, with the scheduler looking whenever it likes or never, say what the history explains.
    #[test]
    fn incremental_clocks_say_what_the_history_explains(
        calendar in calendars(), from in instants(), by_staff: bool, steps in happenings(), looks in prop::collection::vec(any::<bool>(), 25),
        rest in 0_i64..60 * HOUR,
    ) {
        let first = terms(&calendar, 1);
        let mut watched = Clocks::open(first.clone(), from, by_staff);
        let (mut at, mut history, mut seen) = (from, Vec::new(), Vec::new());
        let mut replied = from;
        for (n, (pause, happening)) in steps.into_iter().enumerate() {
            let before = at;
            at += Duration::microseconds(pause);
            if looks[n] {
                seen.extend(watched.advance(before + Duration::microseconds(pause / 2)));
                seen.extend(watched.advance(before + Duration::microseconds(pause / 2)));
            }
            let happening = match happening {
                Happening::ReplyFailed(_) => Happening::ReplyFailed(replied),
                Happening::AgentReply => { replied = at; Happening::AgentReply }
                other => other,
            };
            seen.extend(watched.apply(&happening, at));
            history.push(Moment { at, happening });
        }
        let now = at + Duration::microseconds(rest);
        seen.extend(watched.advance(now));
        let (replayed, raised) = replay(first.clone(), from, by_staff, &history, now);
        prop_assert_eq!(&replayed, &watched);
        let key = |r: &Raised| (r.kind, r.cycle, r.alert, r.at);
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (seen.iter().map(key).collect(), raised.iter().map(key).collect());
        prop_assert_eq!(a.len(), seen.len(), "raised twice");
        prop_assert_eq!(a, b, "who looks when changes what is raised");
        let explained = explain(&first, from, by_staff, &history, now);
        prop_assert_eq!(explained.len(), watched.clocks.len());
        for clock in &watched.clocks {
            let own = explained.iter().find(|e| (e.kind, e.cycle) == (clock.kind, clock.cycle)).unwrap();
            prop_assert_eq!(own.counted(), clock.elapsed(&watched.terms, now), "{:?}", clock);
            let mut last = clock.started_at;
            for segment in &own.segments {
                prop_assert_eq!(segment.from, last, "a hole");
                last = segment.to;
            }
            prop_assert_eq!(last, clock.ended_at.unwrap_or(now), "{:?}", clock);
            if clock.due_at.is_some_and(|due| due <= now && clock.is_live()) {
                prop_assert!(clock.breached_at.is_some());
            }
        }
    }
}
