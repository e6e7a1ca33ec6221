//! Writing articles: nobody overwrites another, addresses stay, texts and pictures are harmless.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_overwrites_what_somebody_else_wrote() {
    let base = Base::new().await;
    let made = base.made("Adresse IP", "public", "draft", "un").await;
    let second = base.input("public", json!({ "fr": text("Adresse IP", "deux") }));
    let changed = base.put(&made, "", second.clone()).await;
    assert_eq!((changed.status, &changed.body["version"]), (StatusCode::OK, &json!(2)));
    for (what, body) in [
        ("", second),
        ("/state", json!({ "state": "published" })),
        ("/checked", Value::Null),
    ] {
        let stale = base.put(&made, what, body.clone()).await;
        assert_eq!(
            (stale.status, stale.code()),
            (StatusCode::PRECONDITION_FAILED, "version_mismatch"),
            "{what}"
        );
        let path = format!("{ARTICLES}/{}{what}", made["id"].as_str().unwrap());
        let blind = base.world.act(&base.agent, "PUT", &path, None, body).await;
        assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED, "{what}");
    }
    // What it said is kept, can be looked at and comes back; what it says then is kept as well.
    let history = format!("{ARTICLES}/{}/revisions", made["id"].as_str().unwrap());
    let all = base.read(Some(&base.agent), &history).await.body;
    let all = all["items"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1]["by"], "Karim Agent");
    let first = format!("{history}/{}", all[1]["id"].as_str().unwrap());
    assert_eq!(base.read(Some(&base.agent), &first).await.body["html"], "<p>un</p>\n");
    let restore = format!("{first}/restore");
    let stale = base
        .world
        .act(&base.agent, "POST", &restore, Some(1), Value::Null)
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let back = base
        .world
        .act(&base.agent, "POST", &restore, Some(2), Value::Null)
        .await;
    assert_eq!(
        (back.status, &back.body["texts"][0]["body"]),
        (StatusCode::OK, &json!("un"))
    );
    let again = base.read(Some(&base.agent), &history).await.body;
    assert_eq!(again["items"].as_array().unwrap().len(), 3);
    // A revision of another article is none of this one.
    let other = base.made("Autre", "public", "draft", "x").await;
    let path = first.replace(made["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    assert_eq!(base.read(Some(&base.agent), &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_proposed_taken_once_and_stays() {
    let base = Base::new().await;
    let first = base.made("Élargir un disque", "public", "draft", "x").await;
    assert_eq!(first["slug"], "elargir-un-disque");
    let second = base.made("Élargir un disque", "public", "published", "x").await;
    assert_eq!(second["slug"], "elargir-un-disque-2");
    let with = |slug: &str| {
        let mut input = base.input("public", json!({ "fr": text("Élargir un disque", "x") }));
        input["slug"] = json!(slug);
        input
    };
    assert_eq!(
        codes(&base.put(&second, "", with("autre")).await),
        [("/slug".into(), "slug_fixed".into())]
    );
    assert_eq!(
        codes(&base.put(&first, "", with("elargir-un-disque-2")).await),
        [("/slug".into(), "slug_taken".into())]
    );
    for bad in ["A b", "-x", "é", "../x"] {
        assert_eq!(
            codes(&base.post(ARTICLES, with(bad)).await),
            [("/slug".into(), "bad_slug".into())]
        );
    }
    let arabic = base
        .post(ARTICLES, base.input("public", json!({ "ar": text("منافذ", "نص") })))
        .await;
    assert_eq!(codes(&arabic), [("/slug".into(), "bad_slug".into())]);
    let empty = base.post(
        ARTICLES,
        base.input("public", json!({ "fr": { "title": "x", "summary": " ", "body": "" } })),
    );
    assert_eq!(
        codes(&empty.await),
        [
            ("/texts/fr/summary".into(), "empty".into()),
            ("/texts/fr/body".into(), "empty".into())
        ]
    );
    let nothing = base.post(ARTICLES, base.input("public", json!({}))).await;
    assert!(codes(&nothing).contains(&("/texts/fr/title".into(), "empty".into())));
    let twice = base.put(&second, "/state", json!({ "state": "published" })).await;
    assert_eq!(
        (twice.status, twice.code()),
        (StatusCode::CONFLICT, "state_not_allowed")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_markdown_is_harmless_wherever_it_is_shown() {
    let base = Base::new().await;
    let body = "<script>alert(1)</script> [x](javascript:alert(1)) ![x](https://evil.example/x.png) <img src=x onerror=alert(1)>";
    base.made("Danger", "public", "published", body).await;
    let shown = base.read(None, "/api/v1/help/articles/danger").await;
    let preview = base.post("/api/v1/knowledge/preview", json!({ "body": body })).await;
    for html in [&shown.body["html"], &preview.body["html"]] {
        let html = html.as_str().unwrap();
        for bad in ["<script", "<img", "<a", "href="] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_by_whoever_may_read_its_article() {
    let base = Base::new().await;
    let article = base.made("Schéma", "customers", "draft", "x").await;
    let path = format!("{ARTICLES}/{}/images?filename=a.png", article["id"].as_str().unwrap());
    let add = async |token: &str, bytes: &[u8]| {
        let request = Request::post(&path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        base.world.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    };
    assert_eq!(add(&base.client, PNG).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        codes(&add(&base.agent, b"<svg onload=alert(1)>").await)[0].1,
        "not_a_picture"
    );
    let image = add(&base.agent, PNG).await;
    assert_eq!(image.status, StatusCode::CREATED, "{:?}", image.body);
    let url = image.body["url"].as_str().unwrap().to_owned();
    for (token, draft, published) in [
        (None, StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
        (Some(&base.client), StatusCode::NOT_FOUND, StatusCode::OK),
        (Some(&base.agent), StatusCode::OK, StatusCode::OK),
    ] {
        let token = token.map(String::as_str);
        let now = base
            .read(
                Some(&base.agent),
                &format!("{ARTICLES}/{}", article["id"].as_str().unwrap()),
            )
            .await
            .body;
        if now["state"] == "published" {
            base.put(&now, "/state", json!({ "state": "draft" })).await;
        }
        assert_eq!(base.read(token, &url).await.status, draft);
        let now = base
            .read(
                Some(&base.agent),
                &format!("{ARTICLES}/{}", article["id"].as_str().unwrap()),
            )
            .await
            .body;
        base.put(&now, "/state", json!({ "state": "published" })).await;
        assert_eq!(base.read(token, &url).await.status, published);
    }
    let request = Request::get(&url).header(header::AUTHORIZATION, format!("Bearer {}", base.client));
    let response = base.world.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
    assert!(
        response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(to_bytes(response.into_body(), 1_000).await.unwrap(), PNG);
    // In a text it is shown by its address and by no other.
    let id = article["id"].clone();
    let shown = base
        .post(
            "/api/v1/knowledge/preview",
            json!({ "article_id": id, "body": format!("![a]({url})") }),
        )
        .await;
    assert!(
        shown.body["html"].as_str().unwrap().contains(&format!("src=\"{url}\"")),
        "{:?}",
        shown.body
    );
    let elsewhere = base
        .post("/api/v1/knowledge/preview", json!({ "body": format!("![a]({url})") }))
        .await;
    assert_eq!(elsewhere.body["html"], "<p>a</p>\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_are_a_small_tree_and_only_empty_ones_go() {
    let base = Base::new().await;
    let names = |name: &str| json!({ "fr": name, "en": name, "ar": name });
    let inner = base
        .post(SECTIONS, json!({ "names": names("DNS"), "parent_id": base.section }))
        .await
        .body;
    let deeper = base
        .post(SECTIONS, json!({ "names": names("Zone"), "parent_id": inner["id"] }))
        .await;
    assert_eq!(codes(&deeper), [("/parent_id".into(), "too_deep".into())]);
    let taken = base.post(SECTIONS, json!({ "names": names("DNS") })).await;
    assert_eq!(codes(&taken), [("/slug".into(), "slug_taken".into())]);
    let unnamed = base
        .post(SECTIONS, json!({ "names": { "fr": "x", "en": "", "ar": "x" } }))
        .await;
    assert_eq!(codes(&unnamed), [("/names/en".into(), "bad_name".into())]);
    let outer = format!("{SECTIONS}/{}", base.section);
    let full = base
        .world
        .act(&base.agent, "DELETE", &outer, Some(1), Value::Null)
        .await;
    assert_eq!((full.status, full.code()), (StatusCode::CONFLICT, "section_not_empty"));
    // What nobody can read is no section for readers; what is in an inner one makes the outer one appear.
    assert_eq!(
        base.read(None, "/api/v1/help/sections/reseau").await.status,
        StatusCode::NOT_FOUND
    );
    let mut input = base.input("public", json!({ "fr": text("Zone inverse", "x") }));
    input["section_id"] = inner["id"].clone();
    let made = base.post(ARTICLES, input).await.body;
    base.put(&made, "/state", json!({ "state": "published" })).await;
    let shown = base.read(None, "/api/v1/help/sections/reseau").await;
    assert_eq!(shown.body["sections"][0]["slug"], "dns");
    let shown = base.read(None, "/api/v1/help/articles/zone-inverse").await;
    let path: Vec<&str> = shown.body["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["slug"].as_str().unwrap())
        .collect();
    assert_eq!(path, ["reseau", "dns"]);
    let spare = base.post(SECTIONS, json!({ "names": names("Vide") })).await.body;
    let spare = format!("{SECTIONS}/{}", spare["id"].as_str().unwrap());
    let renamed = json!({ "names": names("Vraiment vide"), "slug": "vide" });
    assert_eq!(
        base.world
            .act(&base.agent, "PUT", &spare, Some(1), renamed)
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        base.world
            .act(&base.agent, "DELETE", &spare, Some(1), Value::Null)
            .await
            .status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(
        base.world
            .act(&base.agent, "DELETE", &spare, Some(2), Value::Null)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_looked_at_for_long_is_outdated_until_somebody_does() {
    let base = Base::new().await;
    let made = base.made("Vieux", "public", "published", "x").await;
    let list = format!("{ARTICLES}?outdated=true&section_id={}", base.section);
    assert!(slugs(&base.read(Some(&base.agent), &list).await.body["items"]).is_empty());
    base.world
        .db
        .execute("UPDATE knowledge_articles SET checked_at = now() - interval '181 days' WHERE slug = 'vieux'")
        .await;
    assert_eq!(
        slugs(&base.read(Some(&base.agent), &list).await.body["items"]),
        ["vieux"]
    );
    let checked = base.put(&made, "/checked", Value::Null).await;
    assert_eq!(checked.status, StatusCode::OK, "{:?}", checked.body);
    assert!(slugs(&base.read(Some(&base.agent), &list).await.body["items"]).is_empty());
}
