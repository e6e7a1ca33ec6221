//! What mails and text messages say: changed, looked at, tried out, put back.

use std::sync::Arc;

use app::account::letter::{Content, written};
use axum::http::StatusCode;
use domain::{
    account::times::LinkPurpose,
    locale::Locale,
    message::{Message, Values},
};
use serde_json::{Value, json};

use super::client::{ADMIN, Answer, World};

const PATH: &str = "/api/v1/message-templates";

struct Office {
    world: Arc<World>,
    admin: String,
}

fn words(subject: &str, body: &str) -> Value {
    json!({ "subject": subject, "body": body, "note": "" })
}

impl Office {
    async fn new() -> Self {
        let world = World::new().await;
        let admin = world.token_of(ADMIN).await;
        Self { world, admin }
    }

    async fn act(&self, method: &str, path: &str, version: Option<i64>, body: Value) -> Answer {
        self.world
            .act(&self.admin, method, &format!("{PATH}{path}"), version, body)
            .await
    }

    async fn put(&self, path: &str, version: i64, subject: &str, body: &str) -> Answer {
        self.act("PUT", path, Some(version), words(subject, body)).await
    }

    async fn done(&self, method: &str, path: &str, version: i64, body: Value) -> Value {
        let answer = self.act(method, path, Some(version), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer.body
    }

    async fn get(&self, path: &str) -> Value {
        let found = self.act("GET", path, None, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        found.body
    }

    /// What an acknowledgement says in French.
    async fn acknowledged(&self) -> (String, String) {
        let values = Values::from([
            ("ticket.number", "77".to_owned()),
            ("ticket.url", "https://cm.test/t/1".to_owned()),
        ]);
        let filled =
            app::message_template::written(&self.world.state.app, Message::Acknowledgement, Locale::Fr, &values)
                .await
                .unwrap();
        (filled.subject, filled.body)
    }
}

fn errors(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", answer.body);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = answer.body["errors"].as_array().unwrap();
    all.iter()
        .map(|each| (text(&each["pointer"]), text(&each["code"])))
        .collect()
}

#[tokio::test]
async fn every_message_is_listed_with_what_may_stand_in_it() {
    let office = Office::new().await;
    let list = office.get("").await;
    let items = list["items"].as_array().unwrap();
    assert!(items.len() >= 40);
    assert!(items.iter().all(|item| item["changes"] == json!([])));
    let one = office.get("/verify_address").await;
    assert_eq!(one["channel"], "mail");
    assert_eq!(one["variables"][1]["name"], "link.url");
    assert_eq!(one["variables"][1]["required"], true);
    let texts = one["texts"].as_array().unwrap();
    assert_eq!(texts.len(), 3);
    assert!(
        texts
            .iter()
            .all(|text| text["version"] == 0 && text["words"] == text["default_words"])
    );
    let nothing = office.act("GET", "/nothing", None, Value::Null).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let german = office.put("/verify_address/de", 0, "x", "{{ link.url }}").await;
    assert_eq!(german.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_written_is_said_and_each_version_stays() {
    let office = Office::new().await;
    let usual = office.acknowledged().await;
    let place = "/acknowledgement/fr";
    let first = office
        .done("PUT", place, 0, json!({ "subject": "Reçu : {{ ticket.number }}", "body": "Voir\r\n{{ ticket.url }}\n\n", "note": "plus court" }))
        .await;
    assert_eq!((&first["version"], &first["overridden"]), (&json!(1), &json!(true)));
    assert_eq!(
        office.acknowledged().await,
        ("Reçu : 77".to_owned(), "Voir\nhttps://cm.test/t/1".to_owned())
    );
    // Other languages say what they said.
    let one = office.get("/acknowledgement").await;
    assert_eq!(one["texts"][1]["overridden"], false);
    // Somebody else was quicker.
    let stale = office.put(place, 0, "x", "{{ ticket.url }}").await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    office.done("PUT", place, 1, words("Bis", "{{ ticket.url }}")).await;
    let back = office.done("DELETE", place, 2, Value::Null).await;
    assert_eq!((&back["version"], &back["overridden"]), (&json!(3), &json!(false)));
    assert_eq!(office.acknowledged().await, usual);
    let twice = office.act("DELETE", place, Some(3), Value::Null).await;
    assert_eq!((twice.status, twice.code()), (StatusCode::CONFLICT, "is_default"));
    let restored = office
        .done("POST", &format!("{place}/versions/1/restore"), 3, Value::Null)
        .await;
    assert_eq!(restored["words"]["subject"], "Reçu : {{ ticket.number }}");
    assert_eq!(office.acknowledged().await.0, "Reçu : 77");
    let missing = office
        .act("POST", &format!("{place}/versions/9/restore"), Some(4), Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let page = office.get(&format!("{place}/versions?limit=3")).await;
    let seen: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["version"])
        .collect();
    assert_eq!(seen, [4, 3, 2]);
    assert_eq!(page["items"][0]["restores"], 1);
    assert_eq!(page["items"][1]["words"], Value::Null);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = office.get(&format!("{place}/versions?limit=3&cursor={cursor}")).await;
    assert_eq!(rest["items"][0]["note"], "plus court");
    assert!(rest["items"][0]["by"].is_string());
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'message_template' ORDER BY id";
    let actions = ["change", "change", "reset", "restore"].map(|verb| format!("message_template.{verb}"));
    assert_eq!(office.world.db.texts(trail).await, actions);
    let told = "SELECT count(*)::text FROM events WHERE type = 'message_template.changed'";
    assert_eq!(office.world.db.texts(told).await, ["4"]);
    let list = office.get("").await;
    let listed = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["key"] == "acknowledgement")
        .unwrap();
    assert_eq!(listed["changes"][0]["locale"], "fr");
    assert_eq!(listed["changes"][0]["overridden"], true);
}

#[tokio::test]
async fn what_would_fail_or_lose_its_link_is_not_kept() {
    let office = Office::new().await;
    let place = "/reset_password/en";
    let wrong = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    let cases = [
        ("x", "no link", wrong("/body", "variable_missing")),
        (
            "x",
            "{% if person.name %}{{ link.url }}{% endif %}",
            wrong("/body", "variable_missing"),
        ),
        (
            "x\r\nBcc: eve@example.dz",
            "{{ link.url }}",
            wrong("/subject", "one_line"),
        ),
        ("", "{{ link.url }}", wrong("/subject", "empty")),
        (
            "x",
            "{{ link.url }}{{ ticket.number }}",
            wrong("/body", "unknown_variable"),
        ),
        (
            "x",
            "{% for a in b %}{% endfor %}{{ link.url }}",
            wrong("/body", "template_not_allowed"),
        ),
        ("{{", "{{ link.url }}", wrong("/subject", "template_syntax")),
    ];
    for (subject, body, expected) in cases {
        assert_eq!(
            errors(&office.put(place, 0, subject, body).await),
            expected,
            "{subject} {body}"
        );
    }
    let sms = office
        .put(
            "/notice_sms/en",
            0,
            "",
            &format!("{{{{ notice.line }}}}{}", "x".repeat(990)),
        )
        .await;
    assert_eq!(errors(&sms), wrong("/body", "too_many_segments"));
    let kept = "SELECT count(*)::text FROM message_templates";
    assert_eq!(office.world.db.texts(kept).await, ["0"]);
    let none = office.act("PUT", place, None, words("x", "{{ link.url }}")).await;
    assert_eq!(none.status, StatusCode::PRECONDITION_REQUIRED);
}

#[tokio::test]
async fn what_fails_when_it_is_wanted_is_replaced_by_the_default_and_told_once() {
    let office = Office::new().await;
    let usual = office.acknowledged().await;
    office
        .done("PUT", "/acknowledgement/fr", 0, words("x", "{{ ticket.url }}"))
        .await;
    // A release since does not know this variable any more.
    office
        .world
        .db
        .execute("UPDATE message_templates SET body = '{{ ticket.gone }}'")
        .await;
    assert_eq!(office.acknowledged().await, usual);
    assert_eq!(office.acknowledged().await, usual);
    let told = "SELECT count(*)::text FROM events WHERE type = 'message_template.failed'";
    assert_eq!(office.world.db.texts(told).await, ["1"]);
    let one = office.get("/acknowledgement").await;
    assert!(one["texts"][0]["failure"].as_str().unwrap().contains("ticket.gone"));
    let list = office.get("").await;
    assert_eq!(list["items"][0]["changes"][0]["failed"], true);
    office
        .done("PUT", "/acknowledgement/fr", 1, words("x", "{{ ticket.url }}"))
        .await;
    let one = office.get("/acknowledgement").await;
    assert_eq!(one["texts"][0]["failure"], Value::Null);
}

#[tokio::test]
async fn a_preview_shows_mails_as_html_and_text_messages_with_their_segments() {
    let office = Office::new().await;
    let preview = |place: &'static str, body: Value| {
        let office = &office;
        async move {
            let answer = office.act("POST", &format!("{place}/preview"), None, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
            answer.body
        }
    };
    let mail = preview(
        "/bad_rating/ar",
        words("<{{ rating }}>", "<b>{{ ticket.subject }}</b>\n{{ ticket.url }}"),
    )
    .await;
    assert_eq!(mail["subject"], "<2>");
    let html = mail["html"].as_str().unwrap();
    assert!(
        html.contains("dir=\"rtl\"") && html.contains("&lt;b&gt;Serveur inaccessible&lt;/b&gt;"),
        "{html}"
    );
    assert!(html.contains("<a href=\"https://cloud.example.dz/t/0190\">"), "{html}");
    assert_eq!((&mail["sms"], &mail["flaws"]), (&Value::Null, &json!([])));
    let sms = preview("/sms_code/ar", words("", "رمزك {{ code }}")).await;
    assert_eq!(
        sms["sms"],
        json!({ "encoding": "ucs2", "units": 11, "alone": 70, "each": 67, "segments": 1 })
    );
    let wrong = preview("/sms_code/fr", words("", "{{ cod }}")).await;
    assert_eq!(
        (&wrong["text"], &wrong["flaws"][0]["code"]),
        (&Value::Null, &json!("unknown_variable"))
    );
    // What only misses something is shown with what is missing.
    let without = preview("/reset_password/fr", words("x", "y")).await;
    assert_eq!(
        (&without["text"], &without["flaws"][0]["name"]),
        (&json!("y"), &json!("link.url"))
    );
}

#[tokio::test]
async fn a_trial_goes_to_oneself_alone_and_not_without_end() {
    let office = Office::new().await;
    office.world.mails().await;
    let path = "/welcome/en/test";
    let body = || words("Hi {{ person.name }}", "{{ login.url }} <b>");
    let sent = office.act("POST", path, None, body()).await;
    assert_eq!((sent.status, &sent.body["to"]), (StatusCode::ACCEPTED, &json!(ADMIN)));
    let mails = office.world.mails().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, ADMIN));
    assert!(matches!(mails[0].content, Content::Trial { .. }));
    let filled = written(&office.world.state.app, &mails[0]).await.unwrap();
    assert_eq!(filled.subject, "[Test] Hi Nadia Benali");
    let flawed = office.act("POST", path, None, words("x", "no link")).await;
    assert_eq!(flawed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sms = office
        .act("POST", "/sms_code/fr/test", None, words("", "{{ code }}"))
        .await;
    assert_eq!((sms.status, sms.code()), (StatusCode::CONFLICT, "sms_off"));
    for _ in 0..9 {
        assert_eq!(
            office.act("POST", path, None, body()).await.status,
            StatusCode::ACCEPTED
        );
    }
    let flood = office.act("POST", path, None, body()).await;
    assert_eq!(flood.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn mails_about_accounts_say_what_was_written_for_them() {
    let office = Office::new().await;
    office
        .done(
            "PUT",
            "/reset_password/fr",
            0,
            words("Mot de passe", "Ici {{ link.life }} : {{ link.url }}"),
        )
        .await;
    let body = json!({ "email": ADMIN, "locale": "fr" });
    let asked = office.world.post("/api/v1/auth/password-reset", body).await;
    assert!(asked.status.is_success(), "{:?}", asked.body);
    let mails = office.world.mails().await;
    let reset = mails
        .iter()
        .find(|mail| {
            matches!(
                &mail.content,
                Content::Link {
                    purpose: LinkPurpose::Reset,
                    ..
                }
            )
        })
        .unwrap();
    let filled = written(&office.world.state.app, reset).await.unwrap();
    assert_eq!(filled.subject, "Mot de passe");
    assert!(
        filled
            .body
            .starts_with("Ici 30 minutes : http://localhost:8080/reset-password#token="),
        "{}",
        filled.body
    );
}
