//! The knowledge base: who reads what, how it is written, what is found.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::client::{Answer, World};

mod editor;

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";
const ARTICLES: &str = "/api/v1/knowledge/articles";
const SECTIONS: &str = "/api/v1/knowledge/sections";
/// The smallest PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

struct Base {
    world: Arc<World>,
    agent: String,
    client: String,
    section: String,
}

impl Base {
    async fn new() -> Self {
        let world = World::new().await;
        let base = Self {
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            section: String::new(),
            world,
        };
        let names = json!({ "fr": "Réseau", "en": "Network", "ar": "الشبكة" });
        let made = base.post(SECTIONS, json!({ "names": names })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        assert_eq!(made.body["slug"], "reseau");
        Self {
            section: made.body["id"].as_str().unwrap().to_owned(),
            ..base
        }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.world.own("POST", path, &self.agent, body).await
    }

    fn input(&self, visibility: &str, texts: Value) -> Value {
        json!({ "section_id": self.section, "visibility": visibility, "texts": texts })
    }

    /// An article with one French text, in this state.
    async fn made(&self, title: &str, visibility: &str, state: &str, body: &str) -> Value {
        let texts = json!({ "fr": text(title, body) });
        let made = self.post(ARTICLES, self.input(visibility, texts)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        assert_eq!(made.body["state"], "draft");
        if state == "draft" {
            return made.body;
        }
        let moved = self.put(&made.body, "/state", json!({ "state": state })).await;
        assert_eq!(moved.status, StatusCode::OK, "{:?}", moved.body);
        moved.body
    }

    /// Changes an article as it was read.
    async fn put(&self, article: &Value, what: &str, body: Value) -> Answer {
        let path = format!("{ARTICLES}/{}{what}", article["id"].as_str().unwrap());
        self.world
            .act(&self.agent, "PUT", &path, article["version"].as_i64(), body)
            .await
    }

    /// As somebody with this token, or as a stranger.
    async fn read(&self, token: Option<&str>, path: &str) -> Answer {
        match token {
            Some(token) => self.world.own("GET", path, token, Value::Null).await,
            None => self.world.send(Request::get(path).body(Body::empty()).unwrap()).await,
        }
    }

    async fn vote(&self, token: Option<&str>, slug: &str, body: Value) -> Answer {
        let path = format!("/api/v1/help/articles/{slug}/vote");
        let mut request = Request::put(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.world
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }
}

fn text(title: &str, body: &str) -> Value {
    json!({ "title": title, "summary": format!("Tout sur : {title}"), "body": body })
}

fn slugs(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["slug"].as_str().unwrap())
        .collect()
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", answer.body);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = answer.body["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|one| (word(&one["pointer"]), word(&one["code"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_is_read_to_its_last_article() {
    let base = Base::new().await;
    for title in ["Éteindre", "Allumer", "eteindre tout", "Zone", "Pare-feu"] {
        base.made(title, "public", "published", "x").await;
    }
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = base
            .read(None, &format!("/api/v1/help/sections/reseau?limit=2{cursor}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{:?}", page.body);
        assert_eq!(page.body["section"]["articles"], 5);
        let articles = page.body["articles"].as_array().unwrap();
        assert!(articles.len() <= 2);
        titles.extend(articles.iter().map(|one| one["title"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(titles, ["Allumer", "Éteindre", "eteindre tout", "Pare-feu", "Zone"]);
    // It is a cursor of this language.
    let other = format!("/api/v1/help/sections/reseau?limit=2{cursor}&locale=ar");
    assert_eq!(base.read(None, &other).await.code(), "invalid_cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_is_for_him_and_nothing_else() {
    let base = Base::new().await;
    for visibility in ["public", "customers", "staff"] {
        for state in ["draft", "published", "archived"] {
            let title = format!("Pare-feu {visibility} {state}");
            let secret = match (state, visibility) {
                ("published", "staff") => "ornithorynque",
                ("published", _) => "",
                _ => "xylophonique",
            };
            let body = format!("Ouvrir un port zygomatique {secret}");
            base.made(&title, visibility, state, &body).await;
        }
    }
    let readers: [(Option<&str>, &[&str]); 3] = [
        (None, &["public"]),
        (Some(&base.client), &["public", "customers"]),
        (Some(&base.agent), &["public", "customers", "staff"]),
    ];
    for (token, sees) in readers {
        let found = base.read(token, "/api/v1/help/search?q=zygomatique").await;
        let wanted: Vec<String> = sees.iter().map(|one| format!("pare-feu-{one}-published")).collect();
        let mut got = slugs(&found.body["articles"]);
        got.sort_unstable();
        let mut expected: Vec<&str> = wanted.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(got, expected, "{sees:?}");
        let section = base.read(token, "/api/v1/help/sections/reseau").await;
        assert_eq!(section.body["articles"].as_array().unwrap().len(), sees.len());
        assert_eq!(section.body["section"]["articles"], sees.len());
        for visibility in ["public", "customers", "staff"] {
            for state in ["draft", "published", "archived"] {
                let path = format!("/api/v1/help/articles/pare-feu-{visibility}-{state}");
                let open = state == "published" && sees.contains(&visibility);
                let status = if open { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(base.read(token, &path).await.status, status, "{path} for {sees:?}");
                let slug = format!("pare-feu-{visibility}-{state}");
                let body = json!({ "helpful": true, "visitor": uuid::Uuid::now_v7() });
                let status = if open {
                    StatusCode::NO_CONTENT
                } else {
                    StatusCode::NOT_FOUND
                };
                assert_eq!(
                    base.vote(token, &slug, body).await.status,
                    status,
                    "{slug} for {sees:?}"
                );
            }
        }
        // A word of what is not for him is never offered instead of a mistyped one.
        let typo = base.read(token, "/api/v1/help/search?q=xylophoniqe").await;
        assert_eq!(typo.body["corrections"], json!([]), "{:?}", typo.body);
        let typo = base.read(token, "/api/v1/help/search?q=ornithorynqe").await;
        let known = typo.body["corrections"] != json!([]);
        assert_eq!(known, sees.contains(&"staff"), "{:?}", typo.body);
    }
    let home = base.read(None, "/api/v1/help").await;
    assert!(!home.body.to_string().contains("staff"), "{:?}", home.body);
    // A token that is no longer good is refused, so that it is renewed.
    assert_eq!(
        base.read(Some("x.y.z"), "/api/v1/help").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_every_form_and_with_a_letter_wrong() {
    let base = Base::new().await;
    let texts = json!({
        "fr": text("Redémarrer un serveur", "Les serveurs redémarrent en une minute."),
        "en": text("Restart a server", "Servers restart within a minute."),
        "ar": text("إعادة تشغيل خادم", "تُعاد الخوادم إلى العمل خلال دقيقة."),
    });
    let made = base.post(ARTICLES, base.input("public", texts)).await.body;
    base.put(&made, "/state", json!({ "state": "published" })).await;
    for (words, locale) in [
        ("serveurs", "fr"),
        ("REDEMARRER", "fr"),
        ("redémarrage+srveur", "fr"),
        ("restarting+servers", "en"),
        ("%D8%A7%D9%84%D8%AE%D8%A7%D8%AF%D9%85", "ar"),
        ("serv", "fr"),
    ] {
        let found = base
            .read(None, &format!("/api/v1/help/search?locale={locale}&q={words}"))
            .await;
        let articles = found.body["articles"].as_array().unwrap();
        assert_eq!(
            articles[0]["slug"], "redemarrer-un-serveur",
            "{words}: {:?}",
            found.body
        );
    }
    let typo = base.read(None, "/api/v1/help/search?q=srveur").await;
    assert_eq!(
        typo.body["corrections"],
        json!([{ "given": "srveur", "used": "serveur" }])
    );
    // What is written in one language is found in another one, and shown in the one that has it.
    let foreign = base.read(None, "/api/v1/help/search?locale=ar&q=restart").await;
    assert_eq!(foreign.body["articles"][0]["locale"], "en");
    for nothing in ["", "%00", "%22", "xyzzyplugh", "-", "%25"] {
        let found = base.read(None, &format!("/api/v1/help/search?q={nothing}")).await;
        assert_eq!(
            (found.status, &found.body["articles"]),
            (StatusCode::OK, &json!([])),
            "{nothing}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_is_missing_is_another_one_and_says_so() {
    let base = Base::new().await;
    let made = base
        .made("Ports fermés", "public", "published", "# Titre\n\ntexte")
        .await;
    let shown = base.read(None, "/api/v1/help/articles/ports-fermes?locale=ar").await;
    assert_eq!(
        (&shown.body["locale"], &shown.body["locales"]),
        (&json!("fr"), &json!(["fr"]))
    );
    assert_eq!(shown.body["path"][0]["name"], "الشبكة");
    assert_eq!(shown.body["html"], "<h2>Titre</h2>\n<p>texte</p>\n");
    let list = format!("{ARTICLES}?missing=ar&section_id={}", base.section);
    assert_eq!(
        slugs(&base.read(Some(&base.agent), &list).await.body["items"]),
        ["ports-fermes"]
    );
    let mut input = base.input(
        "public",
        json!({ "fr": text("Ports fermés", "t"), "ar": text("منافذ مغلقة", "نص") }),
    );
    input["slug"] = json!("ports-fermes");
    let changed = base.put(&made, "", input).await;
    assert_eq!(changed.status, StatusCode::OK, "{:?}", changed.body);
    assert!(slugs(&base.read(Some(&base.agent), &list).await.body["items"]).is_empty());
    let shown = base.read(None, "/api/v1/help/articles/ports-fermes?locale=ar").await;
    assert_eq!(shown.body["title"], "منافذ مغلقة");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voter_has_one_vote_that_he_may_change_and_leaves_nothing_of_himself() {
    let base = Base::new().await;
    let article = base.made("Vote", "public", "published", "x").await;
    let visitor = uuid::Uuid::now_v7().to_string();
    let counts = async || {
        let path = format!("{ARTICLES}/{}", article["id"].as_str().unwrap());
        let found = base.read(Some(&base.agent), &path).await.body;
        (found["helpful"].as_i64().unwrap(), found["unhelpful"].as_i64().unwrap())
    };
    for helpful in [true, true, false] {
        let voted = base
            .vote(None, "vote", json!({ "helpful": helpful, "visitor": visitor }))
            .await;
        assert_eq!(voted.status, StatusCode::NO_CONTENT, "{:?}", voted.body);
    }
    assert_eq!(counts().await, (0, 1));
    base.vote(Some(&base.client), "vote", json!({ "helpful": true })).await;
    base.vote(
        Some(&base.client),
        "vote",
        json!({ "helpful": true, "visitor": visitor }),
    )
    .await;
    assert_eq!(counts().await, (1, 1));
    let nobody = base.vote(None, "vote", json!({ "helpful": true })).await;
    assert_eq!(codes(&nobody), [("/visitor".into(), "empty".into())]);
    let kept = base
        .world
        .db
        .texts("SELECT v::text FROM knowledge_votes v")
        .await
        .join(" ");
    assert!(
        !kept.contains(&visitor) && !kept.contains(&visitor.replace('-', "")),
        "{kept}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_a_ticket_is_shown_what_may_spare_it_and_who_answers_it_what_he_may_send() {
    let base = Base::new().await;
    base.made("Imprimante en panne", "public", "published", "Rallumez l'imprimante.")
        .await;
    base.made("Papier de l'imprimante", "staff", "published", "Commander du papier.")
        .await;
    base.made("Imprimante secrète", "public", "draft", "Rien.").await;
    let typed = json!({ "subject": "mon imprimante ne marche plus", "body": "du papier partout", "locale": "fr" });
    let found = base
        .world
        .own("POST", "/api/v1/help/suggestions", &base.client, typed.clone())
        .await;
    assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
    assert_eq!(slugs(&found.body), ["imprimante-en-panne"]);
    for (subject, body) in [
        ("", ""),
        ("le la les", "the of and"),
        ("xyzzy", "plugh"),
        ("12 34", "\0"),
    ] {
        let nothing = json!({ "subject": subject, "body": body, "locale": "fr" });
        let found = base
            .world
            .own("POST", "/api/v1/help/suggestions", &base.client, nothing)
            .await;
        assert_eq!((found.status, found.body), (StatusCode::OK, json!([])), "{subject}");
    }
    let ticket = json!({ "subject": typed["subject"], "body": typed["body"] });
    let ticket = base
        .world
        .own("POST", "/api/v1/tickets", &base.client, ticket)
        .await
        .body;
    let path = format!("/api/v1/tickets/{}/articles", ticket["id"].as_str().unwrap());
    let offered = base.read(Some(&base.agent), &path).await;
    let mut all = slugs(&offered.body);
    all.sort_unstable();
    assert_eq!(all, ["imprimante-en-panne", "papier-de-l-imprimante"]);
    for one in offered.body.as_array().unwrap() {
        let staff = one["slug"] == "papier-de-l-imprimante";
        assert_eq!(one["visibility"] == "staff", staff);
    }
    assert_eq!(base.read(Some(&base.client), &path).await.status, StatusCode::FORBIDDEN);
    // What spared a ticket counts once for each customer.
    let solved = "/api/v1/help/articles/imprimante-en-panne/solved";
    for _ in 0..2 {
        let said = base.world.own("PUT", solved, &base.client, Value::Null).await;
        assert_eq!(said.status, StatusCode::NO_CONTENT);
    }
    let list = base.read(Some(&base.agent), &format!("{ARTICLES}?q=en+panne")).await;
    assert_eq!(list.body["items"][0]["solved"], 1);
}
