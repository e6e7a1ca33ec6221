//! Rules that speak in templates which were added.

use app::custom_template::{self, Draft as Template};
use domain::message::{
    Channel,
    custom::{Purpose, Texts, Words},
};

use super::*;

fn said(subject: &str, body: &str) -> Option<Words> {
    Some(Words {
        subject: subject.to_owned(),
        body: body.to_owned(),
    })
}

impl Place {
    async fn template(&self, purpose: Purpose, texts: Texts) -> custom_template::Template {
        let draft = Template {
            name: format!("Template {}", purpose.as_str()),
            purpose,
            channel: Channel::Mail,
            texts,
            note: String::new(),
        };
        custom_template::create(&self.0.app, &self.0.caller, draft)
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_answers_in_the_requesters_language_and_tells_staff_in_words_of_its_own() {
    let place = Place::new().await;
    place.0.mailbox(None, domain::mail::words::StartPoint::All).await;
    let answer = Texts {
        fr: said("", "Votre demande {{ ticket.number }} est suivie par {{ agent.name }}."),
        en: None,
        ar: said(
            "",
            "طلبكم {{ ticket.number }} قيد المتابعة.{{ ticket.subject }}{{ requester.name }}",
        ),
    };
    let answer = place.template(Purpose::Customers, answer).await;
    let notice = Texts {
        fr: None,
        en: said(
            "Look at {{ ticket.number }}",
            "{{ rule.name }}: {{ ticket.subject }}\n{{ ticket.url }}",
        ),
        ar: None,
    };
    let notice = place.template(Purpose::Staff, notice).await;
    let actions = json!([
        { "do": "reply", "template_id": answer.row.id },
        { "do": "notify", "assignee": false, "user_ids": [place.0.caller.user_id], "template_id": notice.row.id },
    ]);
    let rule = place
        .rule(on("created", json!({ "test": "priority", "any": ["low"] }), actions))
        .await;
    let id = place.ticket(Priority::Low).await;
    place
        .0
        .db
        .execute(&format!("UPDATE tickets SET locale = 'ar' WHERE id = '{id}'"))
        .await;
    let number = place.now(id).await.summary.number;
    place.run().await;
    assert_eq!(place.0.bodies(id).await[1], format!("طلبكم {number} قيد المتابعة."));
    assert_eq!(
        place
            .texts("SELECT title FROM notifications WHERE topic = 'rule'")
            .await,
        [format!("Look at {number}")]
    );
    let mail = "SELECT body_text FROM outgoing_mails WHERE kind = 'notification'";
    let mails = place.texts(mail).await;
    assert!(
        mails.len() == 1 && mails[0].starts_with("Test: My server is down"),
        "{mails:?}"
    );
    // While a rule speaks in it, it stays.
    let (app, caller) = (&place.0.app, &place.0.caller);
    let refused = custom_template::delete(app, caller, answer.row.id, answer.row.version).await;
    assert!(refused.unwrap_err().to_string().contains("Test"));
    automation::delete(app, caller, rule.id, rule.version).await.unwrap();
    custom_template::delete(app, caller, answer.row.id, answer.row.version)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_names_templates_for_what_they_are_only() {
    let place = Place::new().await;
    let texts = Texts {
        fr: said("", "Bonjour"),
        ..Texts::default()
    };
    let answer = place.template(Purpose::Customers, texts).await.row.id;
    let try_out = async |actions: Value| {
        let spec = on("created", json!({ "test": "assigned", "is": false }), actions);
        let draft = Draft {
            name: "Wrong".to_owned(),
            enabled: true,
            spec: serde_json::from_value(spec).unwrap(),
        };
        automation::create(&place.0.app, &place.0.caller, draft)
            .await
            .unwrap_err()
            .to_string()
    };
    let people = [place.0.caller.user_id];
    let other = json!([{ "do": "notify", "assignee": false, "user_ids": people, "template_id": answer }]);
    assert!(!try_out(other).await.is_empty());
    // Two texts, or none.
    let both = json!([{ "do": "reply", "body": "x", "template_id": answer }]);
    assert!(!try_out(both).await.is_empty());
    assert!(!try_out(json!([{ "do": "reply" }])).await.is_empty());
    let rules = "SELECT count(*)::text FROM automation_rules WHERE name = 'Wrong'";
    assert_eq!(place.texts(rules).await, ["0"]);
}
