use super::{
    rule::{guard, value},
    *,
};
use crate::mail::{
    address::{MailAddress, OwnAddresses},
    facts::{AuthFacts, HeaderLine},
};

const PLAIN: Settings = Settings {
    filter: TrustedFilter::None,
    threshold: DEFAULT_THRESHOLD,
};

fn from(address: &str) -> MailFacts {
    MailFacts {
        from: vec![MailAddress::new("", address)],
        from_fields: 1,
        subject: "Cheap  Watches\u{200b} for you".into(),
        ..MailFacts::default()
    }
}

fn with(mut facts: MailFacts, headers: &[(&str, &str)]) -> MailFacts {
    facts.headers.0 = headers
        .iter()
        .map(|(name, value)| HeaderLine {
            name: (*name).into(),
            value: (*value).into(),
        })
        .collect();
    facts
}

fn ask(facts: &MailFacts) -> Question<'_> {
    Question {
        facts,
        class: MailClass::Human,
        text: "Buy one NOW at our shop",
        misleading_links: false,
        standing: Standing::Stranger,
    }
}

fn rule(verdict: RuleVerdict, field: RuleField, text: &str) -> Rule {
    Rule {
        id: Uuid::now_v7(),
        verdict,
        field,
        value: value(field, text).unwrap(),
    }
}

fn codes(judgement: &Judgement) -> Vec<Code> {
    judgement.reasons.iter().map(|reason| reason.note.code).collect()
}

type Row = (TrustedFilter, &'static [(&'static str, &'static str)], Option<i32>);

#[test]
fn a_filter_is_measured_by_its_own_limit() {
    use TrustedFilter::{Microsoft, None as Nobody, Rspamd, SpamAssassin};
    let table: [Row; 19] = [
        (SpamAssassin, &[], None),
        (SpamAssassin, &[("X-Spam-Flag", "YES")], Some(10)),
        (SpamAssassin, &[("X-Spam-Flag", "NO")], None),
        (
            SpamAssassin,
            &[("X-Spam-Status", "Yes, score=7.5 required=5.0 tests=A,B")],
            Some(15),
        ),
        (
            SpamAssassin,
            &[("X-Spam-Status", "No, score=-2.1 required=5.0")],
            Some(-4),
        ),
        (
            SpamAssassin,
            &[("X-Spam-Status", "No, score=4.9 required=7.0")],
            Some(7),
        ),
        (SpamAssassin, &[("X-Spam-Score", "4.2 (++++)")], Some(8)),
        (
            SpamAssassin,
            &[("X-Spam-Status", "Yes, score=2.0 required=0")],
            Some(10),
        ),
        (Rspamd, &[("X-Spam-Flag", "NO")], None),
        (Rspamd, &[("X-Rspamd-Score", "12.00")], Some(20)),
        (
            Rspamd,
            &[("X-Spamd-Result", "default: False [3.00 / 15.00]; R_SPF_ALLOW(-0.20)")],
            Some(5),
        ),
        (Rspamd, &[("X-Spamd-Result", "default: True [2.00 / 15.00]")], Some(10)),
        (Rspamd, &[("X-Rspamd-Action", "add header")], Some(10)),
        (Rspamd, &[("X-Rspamd-Score", "9999999999999999")], None),
        (
            Microsoft,
            &[("X-Forefront-Antispam-Report", "CIP:1.2.3.4;SCL:5;SFV:SPM;CAT:SPM;")],
            Some(10),
        ),
        (
            Microsoft,
            &[("X-Forefront-Antispam-Report", "SCL:1;CAT:HPHISH")],
            Some(20),
        ),
        (Microsoft, &[("X-MS-Exchange-Organization-SCL", "-1")], Some(-5)),
        (Microsoft, &[("X-MS-Exchange-Organization-SCL", "9")], Some(20)),
        // Whoever writes the header himself says nothing to a mailbox that names no filter.
        (Nobody, &[("X-Spam-Flag", "YES"), ("X-Rspamd-Score", "90")], None),
    ];
    for (filter, headers, points) in table {
        let facts = with(from("eve@shop.example"), headers);
        let judged = judge(&ask(&facts), Settings { filter, ..PLAIN }, &[]);
        let told = judged.reasons.first().and_then(|reason| reason.points);
        assert_eq!(told, points, "{filter:?} {headers:?}");
        assert_eq!(judged.points, points.unwrap_or(0).max(0), "{filter:?} {headers:?}");
        let spam = judged.points >= 10;
        assert_eq!(judged.verdict == Verdict::Quarantine, spam, "{filter:?} {headers:?}");
    }
}

#[test]
fn what_the_sender_writes_beside_the_filter_makes_nothing_better() {
    for (filter, headers) in [
        (
            TrustedFilter::Rspamd,
            [
                ("X-Rspamd-Score", "-50"),
                ("X-Spamd-Result", "default: False [8.00 / 15.00]"),
            ],
        ),
        (
            TrustedFilter::SpamAssassin,
            [("X-Spam-Score", "-50"), ("X-Spam-Status", "Yes, score=8 required=5")],
        ),
        (
            TrustedFilter::Microsoft,
            [
                ("X-MS-Exchange-Organization-SCL", "-1"),
                ("X-Forefront-Antispam-Report", "SCL:9"),
            ],
        ),
    ] {
        let facts = with(from("eve@shop.example"), &headers);
        let judged = judge(&ask(&facts), Settings { filter, ..PLAIN }, &[]);
        assert_eq!(judged.verdict, Verdict::Quarantine, "{filter:?}");
    }
}

#[test]
fn of_a_header_that_is_there_twice_the_topmost_counts() {
    let facts = with(
        from("eve@shop.example"),
        &[
            ("X-Spam-Status", "Yes, score=9 required=5"),
            ("X-Spam-Status", "No, score=-9 required=5"),
        ],
    );
    let settings = Settings {
        filter: TrustedFilter::SpamAssassin,
        ..PLAIN
    };
    assert_eq!(judge(&ask(&facts), settings, &[]).verdict, Verdict::Quarantine);
}

#[test]
fn failed_authentication_alone_is_no_spam_and_with_another_sign_it_is() {
    let mut facts = from("eve@shop.example");
    facts.auth = AuthFacts {
        spf: AuthResult::Fail,
        dkim: AuthResult::Fail,
        dmarc: AuthResult::Fail,
        authserv_id: Some("mx.test".into()),
    };
    let judged = judge(&ask(&facts), PLAIN, &[]);
    assert_eq!((judged.verdict, judged.points), (Verdict::Pass, 9));
    assert_eq!(codes(&judged), [Code::DmarcFailed, Code::SpfFailed, Code::DkimFailed]);
    let bulk = Question {
        class: MailClass::Bulk,
        ..ask(&facts)
    };
    assert_eq!(judge(&bulk, PLAIN, &[]).verdict, Verdict::Quarantine);

    facts.auth = AuthFacts {
        authserv_id: Some("mx.test".into()),
        ..AuthFacts::default()
    };
    assert_eq!(codes(&judge(&ask(&facts), PLAIN, &[])), [Code::DmarcNone]);
    facts.auth.authserv_id = None;
    assert!(judge(&ask(&facts), PLAIN, &[]).reasons.is_empty(), "nobody looked");
}

#[test]
fn points_keep_aside_nobody_whom_we_know_and_a_rule_does() {
    let facts = with(from("ana@client.example"), &[("X-Spam-Flag", "YES")]);
    let settings = Settings {
        filter: TrustedFilter::SpamAssassin,
        ..PLAIN
    };
    for (standing, why) in [
        (Standing::Known, Code::KnownSender),
        (Standing::Answers, Code::AnswersOurMail),
    ] {
        let question = Question {
            standing,
            ..ask(&facts)
        };
        let judged = judge(&question, settings, &[]);
        assert_eq!(judged.verdict, Verdict::Pass);
        assert_eq!(codes(&judged), [Code::FilterFlag, why]);
        let block = rule(RuleVerdict::Block, RuleField::Address, "Ana@Client.example");
        let judged = judge(&question, settings, std::slice::from_ref(&block));
        assert_eq!((judged.verdict, judged.rule_id), (Verdict::Quarantine, Some(block.id)));
    }
}

#[test]
fn a_mailbox_says_how_many_points_are_spam() {
    let facts = with(from("eve@shop.example"), &[("X-Spam-Score", "2.5")]);
    let judged = |threshold| {
        let filter = TrustedFilter::SpamAssassin;
        judge(&ask(&facts), Settings { filter, threshold }, &[]).verdict
    };
    assert_eq!(judged(5), Verdict::Quarantine);
    assert_eq!(judged(6), Verdict::Pass);
}

#[test]
fn rules_match_without_case_and_no_more_than_they_say() {
    let facts = with(from("Eve@Mail.Shop.example"), &[("X-Mailer", "Bulk  Sender 3")]);
    for (field, text, meets) in [
        (RuleField::Address, "eve@mail.shop.example", true),
        (RuleField::Address, "eve@shop.example", false),
        (RuleField::Domain, "shop.example", true),
        (RuleField::Domain, "*.SHOP.example", true),
        (RuleField::Domain, "hop.example", false),
        (RuleField::Domain, "other.mail.shop.example", false),
        (RuleField::Subject, "cheap watches for", true),
        (RuleField::Subject, "buy one", false),
        (RuleField::Text, "one now", true),
        (RuleField::Text, "o.e now", false),
        (RuleField::Header, "x-mailer: BULK SENDER", true),
        (RuleField::Header, "Subject: bulk sender", false),
    ] {
        let judged = judge(&ask(&facts), PLAIN, &[rule(RuleVerdict::Block, field, text)]);
        assert_eq!(judged.verdict == Verdict::Quarantine, meets, "{field:?} {text}");
    }
}

#[test]
fn what_names_the_sender_more_exactly_decides() {
    use RuleField::{Address, Domain, Subject, Text};
    use RuleVerdict::{Allow, Block};
    let facts = from("ana@it.client.example");
    let table = [
        (
            [
                (Block, Domain, "client.example"),
                (Allow, Address, "ana@it.client.example"),
            ],
            Verdict::Pass,
        ),
        (
            [
                (Allow, Domain, "client.example"),
                (Block, Address, "ana@it.client.example"),
            ],
            Verdict::Quarantine,
        ),
        (
            [(Allow, Domain, "client.example"), (Block, Domain, "it.client.example")],
            Verdict::Quarantine,
        ),
        (
            [(Block, Domain, "client.example"), (Allow, Domain, "it.client.example")],
            Verdict::Pass,
        ),
        (
            [(Allow, Domain, "client.example"), (Block, Subject, "watches")],
            Verdict::Pass,
        ),
        ([(Block, Subject, "watches"), (Allow, Text, "our shop")], Verdict::Pass),
    ];
    for (rules, verdict) in table {
        let rules = rules.map(|(verdict, field, text)| rule(verdict, field, text));
        let judged = judge(&ask(&facts), PLAIN, &rules);
        assert_eq!(judged.verdict, verdict, "{rules:?}");
        assert!(codes(&judged).contains(&Code::RuleOutweighed), "{rules:?}");
        let mut turned = rules.clone();
        turned.reverse();
        assert_eq!(
            judge(&ask(&facts), PLAIN, &turned).verdict,
            verdict,
            "in whatever order"
        );
    }
}

#[test]
fn whoever_claims_to_be_let_in_is_not_let_in() {
    let mut facts = with(from("ana@client.example"), &[("X-Spam-Flag", "YES")]);
    facts.auth.dmarc = AuthResult::Fail;
    let settings = Settings {
        filter: TrustedFilter::SpamAssassin,
        ..PLAIN
    };
    let allow = [rule(RuleVerdict::Allow, RuleField::Domain, "client.example")];
    let judged = judge(&ask(&facts), settings, &allow);
    assert_eq!((judged.verdict, judged.rule_id), (Verdict::Quarantine, None));
    assert!(codes(&judged).contains(&Code::RuleNotBelieved));
    facts.auth.dmarc = AuthResult::None;
    assert_eq!(judge(&ask(&facts), settings, &allow).verdict, Verdict::Pass);
}

#[test]
fn what_a_rule_looks_for_is_checked() {
    use RuleField::{Address, Domain, Header, Subject, Text};
    for (field, text, made) in [
        (Address, " <Ana@Client.Example> ", Ok("ana@client.example")),
        (Address, "client.example", Err(RuleFault::NotAnAddress)),
        (Domain, "@Client.example.", Ok("client.example")),
        (Domain, "com", Err(RuleFault::TooBroad)),
        (Domain, "a b.example", Err(RuleFault::NotADomain)),
        (Domain, "x@client.example", Err(RuleFault::NotADomain)),
        (Subject, "  Cheap   Watches ", Ok("cheap watches")),
        (Subject, "ab", Err(RuleFault::TooShort)),
        (Text, "\u{200b}\u{200b}\u{200b}", Err(RuleFault::TooShort)),
        (Text, " ", Err(RuleFault::Empty)),
        (Header, "X-Mailer : Bulk  Sender", Ok("x-mailer: bulk sender")),
        (Header, "bulk sender", Err(RuleFault::NotAHeader)),
        (Header, "é: bulk", Err(RuleFault::NotAHeader)),
        (Header, "X-Mailer: b", Err(RuleFault::TooShort)),
    ] {
        assert_eq!(value(field, text), made.map(str::to_owned), "{field:?} {text:?}");
    }
    assert_eq!(value(Text, &"x".repeat(201)), Err(RuleFault::TooLong));
}

#[test]
fn our_own_mail_cannot_be_blocked() {
    let own = OwnAddresses::new(["support@help.cloudmanager.test"]);
    let refuse = |field, text| guard(RuleVerdict::Block, field, text, &own);
    assert_eq!(
        refuse(RuleField::Address, "support@help.cloudmanager.test"),
        Err(RuleFault::OwnAddress)
    );
    assert_eq!(refuse(RuleField::Address, "eve@help.cloudmanager.test"), Ok(()));
    for domain in ["help.cloudmanager.test", "cloudmanager.test"] {
        assert_eq!(refuse(RuleField::Domain, domain), Err(RuleFault::OwnDomain), "{domain}");
    }
    assert_eq!(refuse(RuleField::Domain, "manager.test"), Ok(()));
    assert_eq!(refuse(RuleField::Domain, "x.help.cloudmanager.test"), Ok(()));
    let allow = guard(RuleVerdict::Allow, RuleField::Domain, "cloudmanager.test", &own);
    assert_eq!(allow, Ok(()));
}

#[test]
fn domains_above_an_address_are_looked_up() {
    let found = domains(&["eve@a.b.example".to_owned(), "no address".to_owned()]);
    assert_eq!(found, ["a.b.example", "b.example"]);
}
