//! Looking for tickets by what they say.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::World;

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";

struct Desk {
    world: Arc<World>,
    agent: String,
    client: String,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        Self {
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            world,
        }
    }

    async fn ticket(&self, token: &str, subject: &str, body: &str) -> String {
        let mut new = json!({ "subject": subject, "body": body });
        if token == self.agent {
            new["requester"] = json!({ "email": "somebody.else@example.dz", "name": "Somebody Else" });
        }
        let made = self.world.own("POST", "/api/v1/tickets", token, new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn say(&self, ticket: &str, kind: &str, body: &str) {
        let path = format!("/api/v1/tickets/{ticket}/messages");
        let said = self
            .world
            .own("POST", &path, &self.agent, json!({ "kind": kind, "body": body }))
            .await;
        assert_eq!(said.status, StatusCode::CREATED, "{:?}", said.body);
    }

    async fn read(&self) {
        read_all(&self.world).await;
    }

    /// Subjects of what is found, in any order.
    async fn find(&self, token: &str, q: &str) -> Vec<String> {
        let found = self.get(token, &format!("/api/v1/tickets?q={}", encoded(q))).await;
        let mut subjects: Vec<String> = found["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{q}: {found:?}"))
            .iter()
            .map(|item| item["subject"].as_str().unwrap().to_owned())
            .collect();
        subjects.sort();
        subjects
    }

    async fn corrections(&self, token: &str, q: &str) -> Value {
        self.get(token, &format!("/api/v1/tickets/search?q={}", encoded(q)))
            .await["corrections"]
            .clone()
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        self.world.own("GET", path, token, Value::Null).await.body
    }
}

/// Until the log was followed to its end and nothing is owed; transactions of other tests may hold it up.
pub async fn read_all(world: &World) {
    let owed = "SELECT count(*)::text FROM ticket_words_due";
    testkit::wait_for("the log is followed", std::time::Duration::from_secs(60), async || {
        app::ticket::search::read(&world.state.app).await.unwrap();
        world.db.followed(&["search"]).await && world.db.texts(owed).await == ["0"]
    })
    .await;
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_a_ticket_says_is_found_in_three_languages_and_any_form() {
    let desk = Desk::new().await;
    let down = desk
        .ticket(
            &desk.client,
            "Panne",
            "Nos serveurs hébergés à Alger ne répondent plus, disque plein.",
        )
        .await;
    desk.ticket(
        &desk.client,
        "Renewal",
        "The certificates of our mailing domains expired yesterday.",
    )
    .await;
    desk.ticket(&desk.client, "طلب", "لا أستطيع الدخول إلى الخوادم منذ الأمس")
        .await;
    desk.say(&down, "reply", "Le contrôleur RAID a été remplacé.").await;
    desk.read().await;

    for (q, subject) in [
        ("serveur", "Panne"),
        ("SERVEURS hebergé", "Panne"),
        ("certificate expire", "Renewal"),
        ("الخوادم", "طلب"),
        ("استطيع", "طلب"),
        ("controleur remplacé", "Panne"),
        ("\"disque plein\"", "Panne"),
        ("certificates -serveurs", "Renewal"),
    ] {
        assert_eq!(desk.find(&desk.agent, q).await, [subject], "{q}");
        assert_eq!(desk.find(&desk.client, q).await, [subject], "{q}");
    }
    assert_eq!(desk.find(&desk.agent, "raid OR expired").await, ["Panne", "Renewal"]);
    for nothing in [
        "\"plein disque\"",
        "serveurs certificates",
        "!!!",
        "\"",
        "-",
        "()&|",
        "'; DROP",
    ] {
        assert!(desk.find(&desk.agent, nothing).await.is_empty(), "{nothing}");
        assert!(desk.find(&desk.client, nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn a_ticket_is_there_at_once_by_its_subject_number_and_requester() {
    let desk = Desk::new().await;
    let id = desk.ticket(&desk.agent, "Migration urgente", "Rien encore").await;
    let number = desk.get(&desk.agent, &format!("/api/v1/tickets/{id}")).await["number"].to_string();
    for q in ["migration", number.as_str(), "somebody.else@example.dz"] {
        assert_eq!(desk.find(&desk.agent, q).await, ["Migration urgente"], "{q}");
    }
}

#[tokio::test]
async fn a_mistyped_word_is_understood_and_one_that_is_not_finished_too() {
    let desk = Desk::new().await;
    desk.ticket(&desk.client, "Panne", "Notre serveur ne démarre plus")
        .await;
    desk.ticket(&desk.agent, "Autre", "La facturation est fausse").await;
    desk.read().await;

    assert_eq!(desk.find(&desk.agent, "srveur").await, ["Panne"]);
    assert_eq!(
        desk.corrections(&desk.agent, "srveur demarre").await,
        json!([{ "given": "srveur", "used": "serveur" }])
    );
    assert_eq!(desk.corrections(&desk.agent, "serveur").await, json!([]));
    assert_eq!(desk.find(&desk.agent, "notre serv").await, ["Panne"]);
    assert_eq!(desk.corrections(&desk.agent, "notre serv").await, json!([]));
    assert!(
        desk.find(&desk.agent, "\"srveur\"").await.is_empty(),
        "a phrase is meant"
    );
    // What others write is no dictionary for a customer.
    assert_eq!(
        desk.corrections(&desk.client, "srveur").await,
        json!([{ "given": "srveur", "used": "serveur" }])
    );
    assert_eq!(desk.corrections(&desk.client, "factuation").await, json!([]));
    assert_eq!(
        desk.corrections(&desk.agent, "factuation").await,
        json!([{ "given": "factuation", "used": "facturation" }])
    );
}

#[tokio::test]
async fn a_customer_finds_what_he_may_see_alone() {
    let desk = Desk::new().await;
    let own = desk.ticket(&desk.client, "Panne", "Le disque est plein").await;
    desk.say(&own, "note", "Client prioritaire, hyperviseur kvm en cause")
        .await;
    desk.ticket(&desk.agent, "Autre", "Le disque est chez quelqu'un").await;
    desk.read().await;

    assert_eq!(desk.find(&desk.agent, "hyperviseur").await, ["Panne"]);
    // Words of a note and of a message together.
    assert_eq!(desk.find(&desk.agent, "hyperviseur plein").await, ["Panne"]);
    assert!(desk.find(&desk.client, "hyperviseur").await.is_empty());
    assert_eq!(desk.corrections(&desk.client, "hypervseur").await, json!([]));
    assert_eq!(desk.find(&desk.client, "disque").await, ["Panne"]);
    assert_eq!(desk.find(&desk.agent, "disque").await, ["Autre", "Panne"]);
}

#[tokio::test]
async fn a_word_of_thousands_of_tickets_is_found_as_well_and_with_other_filters() {
    let desk = Desk::new().await;
    let closed = desk.ticket(&desk.client, "Rare", "everywhere").await;
    desk.world
        .db
        .execute(
            "INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, last_message_at, created_at, updated_at)
             SELECT gen_random_uuid(), 'Mass ' || n, 'api', 'x@x.test', 'X', (SELECT id FROM support_groups ORDER BY id LIMIT 1),
                    now(), now(), now() - interval '1 day' FROM generate_series(1, 5100) n;
             INSERT INTO ticket_words SELECT id, search_words('everywhere'), search_words('') FROM tickets WHERE subject LIKE 'Mass %'",
        )
        .await;
    desk.read().await;
    desk.world
        .db
        .execute(&format!("UPDATE tickets SET priority = 'urgent' WHERE id = '{closed}'"))
        .await;

    let first = desk.get(&desk.agent, "/api/v1/tickets?q=everywhere&limit=50").await;
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    assert_eq!(first["items"][0]["subject"], "Rare");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = desk
        .get(
            &desk.agent,
            &format!("/api/v1/tickets?q=everywhere&limit=50&cursor={cursor}"),
        )
        .await;
    assert_eq!(second["items"].as_array().unwrap().len(), 50);
    let narrow = desk
        .get(&desk.agent, "/api/v1/tickets?q=everywhere&priority=urgent")
        .await;
    assert_eq!(narrow["items"].as_array().unwrap().len(), 1);
    let counted = desk.get(&desk.agent, "/api/v1/tickets/matching?q=everywhere").await;
    assert_eq!(counted["count"], 5_101);
}

#[tokio::test]
async fn a_ticket_that_is_too_long_for_the_index_or_cannot_be_read_holds_up_nobody() {
    let desk = Desk::new().await;
    let long = desk.ticket(&desk.agent, "Longue histoire", "x").await;
    // More than a tsvector can hold, as anybody may mail it.
    let words = "SELECT string_agg(translate(n::text, '0123456789', 'abcdefghij') || 'xys-' || translate(n::text, '0123456789', 'klmnopqrst') || 'zes', ' ')
        FROM generate_series(g * 100000 + 10000, g * 100000 + 13000) n";
    desk.world
        .db
        .execute(&format!(
            "INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_name, is_staff, body_text, held, verified, created_at)
             SELECT gen_random_uuid(), '{long}', CASE WHEN g % 2 = 0 THEN 'note' ELSE 'reply' END, 'in', 'A', false, ({words}), false, true,
                 now() - g * interval '1 minute' FROM generate_series(1, 14) g"
        ))
        .await;
    let cannot = "SELECT search_words(string_agg(body_text, ' ')) IS NULL FROM ticket_messages";
    assert!(
        desk.world.db.try_execute(cannot).await.is_err(),
        "the text is too short for the test"
    );
    desk.ticket(&desk.agent, "Poison", "y").await;
    desk.ticket(&desk.agent, "Autre", "une imprimante").await;
    desk.world
        .db
        .execute(
            "CREATE OR REPLACE FUNCTION search_words(text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN
                 IF $1 ~ 'Poison' THEN RAISE EXCEPTION 'unreadable'; END IF;
                 RETURN to_tsvector('simple', fold_text($1)) || to_tsvector('pg_catalog.french', search_text($1));
             END $$",
        )
        .await;
    desk.read().await;
    assert_eq!(desk.find(&desk.agent, "imprimantes").await, ["Autre"]);
    // The newest page is found, be it of a conversation of books.
    assert_eq!(desk.find(&desk.agent, "bbaaaaxys").await, ["Longue histoire"]);
    let unread = "SELECT subject FROM tickets t WHERE NOT EXISTS (SELECT FROM ticket_words w WHERE w.ticket_id = t.id)";
    assert_eq!(desk.world.db.texts(unread).await, ["Poison"]);
}

#[tokio::test]
async fn without_room_on_the_disk_what_is_to_be_read_stays_owed() {
    let desk = Desk::new().await;
    desk.ticket(&desk.client, "Panne", "Le contrôleur brûle.").await;
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ticket_words FOR EACH ROW EXECUTE FUNCTION full_disk()";
    desk.world.db.execute(full).await;
    let app = &desk.world.state.app;
    let refused = async || matches!(app::ticket::search::read(app).await, Err(app::AppError::Full(_)));
    testkit::wait_for("there is no room", std::time::Duration::from_secs(60), refused).await;
    assert!(refused().await, "it is tried again, not given up");
    desk.world.db.execute("DROP TRIGGER full_disk ON ticket_words").await;
    desk.read().await;
    assert_eq!(desk.find(&desk.agent, "contrôleur").await, ["Panne"]);
}
