use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["ticket.number", "requester.name", "today"];

fn values() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("ticket.number", "100001".to_owned()),
        ("requester.name", "Amine <b>".to_owned()),
        ("today", String::new()),
    ])
}

fn flaws(source: &str) -> Vec<(u32, &'static str, String)> {
    let flaws = check(source, &NAMES).unwrap_err();
    flaws
        .iter()
        .map(|flaw| (flaw.line, flaw.kind.code(), flaw.kind.subject().to_owned()))
        .collect()
}

#[test]
fn values_conditions_and_filters_are_filled_in_and_nothing_is_escaped() {
    let said = |source: &str| render(source, &values()).unwrap();
    assert_eq!(said("Bonjour {{ requester.name }},\n\nA"), "Bonjour Amine <b>,\n\nA");
    assert_eq!(
        said("{% if today %}a{% elif ticket.number == \"100001\" %}b{% else %}c{% endif %}"),
        "b"
    );
    assert_eq!(
        said("{{ requester.name | upper }} {{ today | default(\"—\") }}"),
        "AMINE <B> —"
    );
    assert_eq!(said("{{ \"oui\" if not today else \"non\" }}"), "oui");
    assert_eq!(said("العميل {{ requester.name }}"), "العميل Amine <b>");
}

#[test]
fn values_are_escaped_as_they_come_into_the_text_and_nothing_else_is() {
    let said = |source: &str| render_escaped(source, &values(), |value| value.replace('<', "\\<")).unwrap();
    assert_eq!(said("<b> {{ requester.name }}"), "<b> Amine \\<b>");
    assert_eq!(
        said("{% if requester.name == \"Amine <b>\" %}{{ requester.name | upper }}{% endif %}"),
        "AMINE \\<B>"
    );
    assert!(render_escaped("{{ nobody }}", &values(), str::to_owned).is_err());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    assert_eq!(
        flaws("Bonjour\n\n{{ ticket.nmber }} {{ tickt }}"),
        [
            (3, "unknown_variable", "ticket.nmber".to_owned()),
            (3, "unknown_variable", "tickt".to_owned())
        ]
    );
    // A whole object is no value, and a value has no parts.
    assert_eq!(flaws("{{ ticket }}")[0].1, "unknown_variable");
    assert_eq!(flaws("{{ ticket.number.real }}")[0].1, "unknown_variable");
    // Branches that are not taken are read as well.
    assert_eq!(
        flaws("{% if today %}\n{{ secret }}{% endif %}"),
        [(2, "unknown_variable", "secret".to_owned())]
    );
    assert_eq!(
        flaws("a\n{{ today ").first().map(|flaw| (flaw.0, flaw.1)),
        Some((2, "template_syntax"))
    );
    assert_eq!(
        flaws("{{ today | shout }}"),
        [(1, "unknown_filter", "shout".to_owned())]
    );
    assert_eq!(flaws("{{ today | default }}")[0].1, "template_syntax");
    assert_eq!(flaws("{{ 'a' if today }}")[0].1, "template_syntax");
}

#[test]
fn nothing_of_a_program_gets_in() {
    for source in [
        "{% for x in today %}{{ x }}{% endfor %}",
        "{% set x = today %}",
        "{% set x %}a{% endset %}",
        "{% with x = today %}{% endwith %}",
        "{% do today() %}",
        "{% filter upper %}a{% endfilter %}",
        "{% autoescape true %}a{% endautoescape %}",
        "{{ \"a\" * 1000000000 }}",
        "{{ 9 ** 999999 }}",
        "{{ range(100000) }}",
        "{{ today.format() }}",
        "{{ today[0] }}",
        "{{ today[0:1] }}",
        "{{ [1, 2] }}",
        "{{ {\"a\": 1} }}",
        "{{ today is defined }}",
        "{{ -today }}",
    ] {
        assert!(
            flaws(source).iter().any(|flaw| flaw.1 == "template_not_allowed"),
            "{source}: {:?}",
            flaws(source)
        );
        assert!(render(source, &values()).is_err(), "{source}");
    }
    for source in [
        "{% include \"/etc/passwd\" %}",
        "{% import \"x\" as y %}",
        "{% extends \"x\" %}",
        "{% macro a() %}{% endmacro %}",
        "{% block a %}{% endblock %}",
    ] {
        assert_eq!(flaws(source)[0].1, "template_syntax", "{source}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_judged_and_never_panics(source in "[{}%a-z .|()\"'*~\\n]{0,60}") {
        match check(&source, &NAMES) {
            Ok(()) => {
                let failed = render(&source, &values()).err();
                prop_assert!(failed.is_none_or(|flaws| flaws.iter().all(|flaw| flaw.kind.code() == "template_failed")));
            }
            Err(flaws) => prop_assert!(!flaws.is_empty() && flaws.iter().all(|flaw| flaw.line >= 1)),
        }
    }

    #[test]
    fn a_value_is_said_as_it_is_whatever_it_holds(value in "\\PC{0,80}") {
        let values = BTreeMap::from([("requester.name", value.clone())]);
        prop_assert_eq!(render("{{ requester.name }}", &values).unwrap(), value);
    }
}

#[test]
fn what_would_need_a_deep_tree_is_refused_before_there_is_one() {
    let too_deep = |source: String| assert_eq!(flaws(&source)[0].1, "template_too_deep", "{}", &source[..40]);
    too_deep(format!("A\n{{{{ 1{} }}}}", "~1".repeat(9_900)));
    too_deep(format!("{{{{ today{} }}}}", "|trim".repeat(3_900)));
    too_deep(format!("{{{{ {} today }}}}", "not ".repeat(4_900)));
    too_deep(format!("{{{{ {}1{} }}}}", "(".repeat(9_000), ")".repeat(9_000)));
    too_deep(format!(
        "{{% if today %}}{}{{% endif %}}",
        "{%elif today%}".repeat(1_400)
    ));
    too_deep(format!("{}{}", "{%if today%}".repeat(800), "{%endif%}".repeat(800)));
    // Many, one after the other, are none of it.
    let line = "{% if today %}a{% elif ticket.number == \"1\" %}{{ requester.name | upper ~ today }}{% endif %}";
    assert_eq!(check(&line.repeat(200), &NAMES), Ok(()));
    assert_eq!(render(&line.repeat(20), &values()), Ok(String::new()));
}
