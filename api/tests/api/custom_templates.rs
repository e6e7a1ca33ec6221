//! Templates that an installation adds: written, tried, offered on a ticket.

use std::sync::Arc;

use app::account::letter::{Content, written};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, Answer, World};

const PATH: &str = "/api/v1/custom-templates";

struct Office {
    world: Arc<World>,
    admin: String,
}

fn template(name: &str, category: &str, channel: &str, fr: Value) -> Value {
    json!({ "name": name, "category": category, "channel": channel, "texts": { "fr": fr, "en": null, "ar": null } })
}

fn words(subject: &str, body: &str) -> Value {
    json!({ "subject": subject, "body": body })
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
}

#[tokio::test]
async fn a_template_is_added_changed_by_version_and_deleted() {
    let office = Office::new().await;
    let made = office
        .act(
            "POST",
            "",
            None,
            template(" Close  it ", "customers", "mail", words("", "Bonjour\r\n\n")),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    assert_eq!(
        (&made.body["name"], &made.body["texts"]["fr"]),
        (&json!("Close it"), &words("", "Bonjour"))
    );
    let id = format!("/{}", made.body["id"].as_str().unwrap());
    let taken = office
        .act("POST", "", None, template("close it", "staff", "sms", words("", "x")))
        .await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let changed = template("Close it", "customers", "mail", words("", "Bonsoir"));
    let done = office.act("PUT", &id, Some(1), changed.clone()).await;
    assert_eq!((done.status, &done.body["version"]), (StatusCode::OK, &json!(2)));
    let stale = office.act("PUT", &id, Some(1), changed).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let other = office
        .act(
            "PUT",
            &id,
            Some(2),
            template("Close it", "staff", "mail", words("x", "y")),
        )
        .await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "template_kind"));
    let gone = office.act("DELETE", &id, Some(2), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(
        office.act("GET", &id, None, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'custom_template' ORDER BY id";
    assert_eq!(
        office.world.db.texts(trail).await,
        ["create", "change", "delete"].map(|verb| format!("custom_template.{verb}"))
    );
}

#[tokio::test]
async fn every_version_is_kept_and_one_of_them_said_again() {
    let office = Office::new().await;
    let said = |name: &str, body: &str, note: &str| {
        let mut new = template(name, "customers", "mail", words("", body));
        new["note"] = json!(note);
        new
    };
    let made = office
        .act("POST", "", None, said("Suivi", "Bonjour", " At first "))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let id = format!("/{}", made.body["id"].as_str().unwrap());
    let changed = office.act("PUT", &id, Some(1), said("Suite", "Bonsoir", "Later")).await;
    assert_eq!(changed.status, StatusCode::OK, "{:?}", changed.body);
    let restore = |version: i32| format!("{id}/versions/{version}/restore");
    let stale = office.act("POST", &restore(1), Some(1), Value::Null).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    for missing in [0, 3, i32::MAX] {
        let none = office.act("POST", &restore(missing), Some(2), Value::Null).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{missing} {:?}", none.body);
    }
    let again = office.act("POST", &restore(1), Some(2), Value::Null).await;
    assert_eq!(again.status, StatusCode::OK, "{:?}", again.body);
    assert_eq!(
        (&again.body["texts"]["fr"], &again.body["name"], &again.body["version"]),
        (&words("", "Bonjour"), &json!("Suite"), &json!(3)),
        "it says it again, and is called as it is"
    );
    let path = format!("{id}/versions?limit=2");
    let page = office.act("GET", &path, None, Value::Null).await.body;
    let shown = |page: &Value| -> Vec<Value> {
        let rows = page["items"].as_array().unwrap().iter();
        rows.map(|row| {
            json!([
                row["version"],
                row["name"],
                row["texts"]["fr"]["body"],
                row["note"],
                row["restores"]
            ])
        })
        .collect()
    };
    assert_eq!(
        shown(&page),
        [
            json!([3, "Suite", "Bonjour", "", 1]),
            json!([2, "Suite", "Bonsoir", "Later", null])
        ]
    );
    assert!(page["items"][0]["by"].is_string(), "{page}");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = office
        .act("GET", &format!("{path}&cursor={cursor}"), None, Value::Null)
        .await;
    assert_eq!(shown(&rest.body), [json!([1, "Suivi", "Bonjour", "At first", null])]);
    assert_eq!(rest.body["next_cursor"], Value::Null);
    let long = office
        .act("PUT", &id, Some(3), said("Suite", "x", &"x".repeat(201)))
        .await;
    assert_eq!(
        (long.status, &long.body["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/note"))
    );
    let trail = "SELECT concat_ws(' ', action, data->>'restores') FROM audit_log WHERE subject_type = 'custom_template' ORDER BY id";
    assert_eq!(
        office.world.db.texts(trail).await,
        [
            "custom_template.create",
            "custom_template.change",
            "custom_template.restore 1"
        ]
    );
    // What a release since refuses is not put to use.
    let broken = "UPDATE custom_template_versions SET texts = jsonb_set(texts, '{fr,body}', '\"{{ rule.name }}\"') WHERE version = 2";
    office.world.db.execute(broken).await;
    let refused = office.act("POST", &restore(2), Some(3), Value::Null).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("unknown_variable")),
        "{:?}",
        refused.body
    );
    // They go with it.
    let gone = office.act("DELETE", &id, Some(3), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let none = office.act("GET", &format!("{id}/versions"), None, Value::Null).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_place() {
    let office = Office::new().await;
    for (body, pointer, code) in [
        (
            template("a", "customers", "sms", words("", "x")),
            "/channel",
            "not_a_choice",
        ),
        (
            template("a", "customers", "mail", words("", " ")),
            "/texts/fr/body",
            "empty",
        ),
        (
            template("a", "customers", "mail", words("", "x\n{{ rule.name }}")),
            "/texts/fr/body",
            "unknown_variable",
        ),
        (
            template("a", "staff", "mail", words("", "x")),
            "/texts/fr/subject",
            "empty",
        ),
        (
            template("a", "staff", "sms", words("", &"ب".repeat(500))),
            "/texts/fr/body",
            "too_many_segments",
        ),
        (template(" ", "staff", "sms", words("", "x")), "/name", "bad_name"),
    ] {
        let refused = office.act("POST", "", None, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", refused.body);
        let error = &refused.body["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
    }
    let options = office.act("GET", "/options", None, Value::Null).await.body;
    assert_eq!(options["categories"][0]["channels"], json!(["mail"]));
    assert_eq!(options["categories"][1]["channels"], json!(["mail", "sms"]));
}

#[tokio::test]
async fn it_is_looked_at_with_examples_and_sent_to_oneself() {
    let office = Office::new().await;
    office.world.mails().await;
    let trial = |channel: &str, words: Value| json!({ "category": "staff", "channel": channel, "locale": "ar", "words": words });
    let seen = office
        .act(
            "POST",
            "/preview",
            None,
            trial("sms", words("", "تذكرة {{ ticket.number }}")),
        )
        .await;
    assert_eq!(seen.status, StatusCode::OK, "{:?}", seen.body);
    assert_eq!(
        (
            &seen.body["text"],
            &seen.body["sms"]["encoding"],
            &seen.body["sms"]["segments"]
        ),
        (&json!("تذكرة 100001"), &json!("ucs2"), &json!(1))
    );
    let sent = office
        .act(
            "POST",
            "/test",
            None,
            trial("mail", words("تنبيه {{ ticket.number }}", "{{ rule.name }}")),
        )
        .await;
    assert_eq!((sent.status, &sent.body["to"]), (StatusCode::ACCEPTED, &json!(ADMIN)));
    let mails = office.world.mails().await;
    assert!(mails.len() == 1 && matches!(mails[0].content, Content::Written(_)));
    let filled = written(&office.world.state.app, &mails[0]).await.unwrap();
    assert_eq!(filled.subject, "[تجربة] تنبيه 100001");
    let sms = office.act("POST", "/test", None, trial("sms", words("", "x"))).await;
    assert_eq!((sms.status, sms.code()), (StatusCode::CONFLICT, "sms_off"));
}

#[tokio::test]
async fn whoever_answers_is_offered_those_for_customers_filled_in() {
    let office = Office::new().await;
    let client = office.world.token_of("client@cloudmanager.test").await;
    let agent = office.world.token_of(AGENT).await;
    let made = office
        .world
        .own(
            "POST",
            "/api/v1/tickets",
            &client,
            json!({ "subject": "Serveur **lent**", "body": "Help" }),
        )
        .await;
    let (id, number) = (made.body["id"].as_str().unwrap(), made.body["number"].as_i64().unwrap());
    for body in [
        template(
            "Suivi",
            "customers",
            "mail",
            words("", "*Ticket* {{ ticket.number }} : {{ ticket.subject }}"),
        ),
        template("Garde", "staff", "sms", words("", "x")),
    ] {
        let added = office.act("POST", "", None, body).await;
        assert_eq!(added.status, StatusCode::CREATED, "{:?}", added.body);
    }
    let path = format!("/api/v1/tickets/{id}/templates");
    let offered = office.world.own("GET", &path, &agent, Value::Null).await;
    assert_eq!(offered.status, StatusCode::OK, "{:?}", offered.body);
    let all = offered.body.as_array().unwrap();
    assert_eq!((all.len(), &all[0]["name"]), (1, &json!("Suivi")));
    assert_eq!(all[0]["text"], json!(format!("*Ticket* {number} : Serveur **lent**")));
    let markdown = all[0]["markdown"].as_str().unwrap();
    assert!(
        markdown.starts_with("*Ticket*") && markdown.contains("\\*\\*lent"),
        "{markdown}"
    );
    let refused = office.world.own("GET", &path, &client, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
