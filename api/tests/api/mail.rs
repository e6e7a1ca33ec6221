//! Mail that is posted.

use app::mailbox::{self, Settings};
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::stream;
use serde_json::Value;
use store::mail;

use super::client::{Answer, World};

const HEADER: &str = "From: Ana <ana@example.dz>\r\nTo: support@cloudmanager.test\r\nSubject: Photos\r\n\r\n";
const MEGABYTE: usize = 1 << 20;

/// A mail of a good 41 MB that arrives piece by piece, without a Content-Length.
fn large() -> Body {
    let header = Bytes::from_static(HEADER.as_bytes());
    let pieces = std::iter::once(header).chain(std::iter::repeat_n(Bytes::from_static(&[b'x'; MEGABYTE]), 41));
    Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)))
}

async fn admin(world: &World) -> String {
    let answer = world
        .try_login("admin@cloudmanager.test", super::client::PASSWORD)
        .await;
    format!("Bearer {}", answer.token())
}

async fn post(world: &World, headers: &[(&str, &str)], body: Body) -> Answer {
    let mut request = Request::post("/api/v1/mail/inbound");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(body).unwrap()).await
}

async fn stored(world: &World) -> Vec<mail::Summary> {
    let mut conn = world.db.pool.get().await.unwrap();
    mail::list(&mut conn, &[], None, None, None, None, 10).await.unwrap()
}

#[tokio::test]
async fn of_a_mail_above_the_limit_the_headers_are_taken() {
    let world = World::new().await;
    let token = admin(&world).await;
    let answer = post(&world, &[("authorization", &token)], large()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{:?}", answer.body);
    let id = answer.body["id"].as_str().unwrap().parse().unwrap();
    let mail = mail::find(&mut world.db.pool.get().await.unwrap(), id).await.unwrap();
    let whole = i64::try_from(41 * MEGABYTE + HEADER.len()).unwrap();
    assert_eq!(
        (mail.full_size, mail.size),
        (Some(whole), HEADER.len().try_into().unwrap())
    );
    let kept = world.state.app.blobs.get(&mail.sha256).await.unwrap();
    assert_eq!(kept, HEADER);
    let path = format!("/api/v1/mails/{id}");
    let journey = world
        .call("GET", &path, &[("authorization", &token)], Value::Null)
        .await;
    assert_eq!(journey.body["full_size"], whole);

    // Small mail is as it always was.
    let answer = post(&world, &[("authorization", &token)], Body::from(HEADER)).await;
    let id = answer.body["id"].as_str().unwrap().parse().unwrap();
    let mail = mail::find(&mut world.db.pool.get().await.unwrap(), id).await.unwrap();
    assert_eq!(mail.full_size, None);
}

#[tokio::test]
async fn a_signature_covers_every_byte_of_a_mail_above_the_limit() {
    let world = World::new().await;
    let mut conn = world.db.pool.get().await.unwrap();
    let known = store::mailbox::all(&mut conn).await.unwrap().remove(0);
    let secret = STANDARD.encode([9; 32]);
    let account = store::user::by_email(&mut conn, "admin@cloudmanager.test")
        .await
        .unwrap()
        .unwrap();
    let caller = app::Caller {
        user_id: account.id,
        email: account.email.clone(),
        permissions: domain::permission::Permission::ALL.to_vec(),
        factor_at: None,
        actor: store::audit::Actor {
            kind: "user",
            ..store::audit::Actor::default()
        },
    };
    let settings = Settings {
        webhook_secret: Some(format!("whsec_{secret}")),
        ..Settings::default()
    };
    mailbox::change(&world.state.app, &caller, known.id, known.version, settings)
        .await
        .unwrap();

    for short in [
        "",
        "whsec_",
        "whsec_MfKQ9r8GKYqrTwjU",
        "hunter2",
        "                        ",
    ] {
        let settings = Settings {
            webhook_secret: Some(short.to_owned()),
            ..Settings::default()
        };
        let refused = mailbox::change(&world.state.app, &caller, known.id, known.version + 1, settings).await;
        let Err(app::AppError::Invalid(errors)) = refused else {
            panic!("{short:?}: {refused:?}")
        };
        assert_eq!(
            (errors[0].pointer.as_str(), errors[0].code.as_str()),
            ("/webhook_secret", "secret_too_short")
        );
    }

    let now = world.state.app.now().timestamp().to_string();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &[9; 32]);
    let sign = |last: u8| {
        let mut body = format!("msg_1.{now}.{HEADER}").into_bytes();
        body.resize(body.len() + 41 * MEGABYTE, b'x');
        *body.last_mut().unwrap() = last;
        format!("v1,{}", STANDARD.encode(aws_lc_rs::hmac::sign(&key, &body)))
    };
    let deliver = async |signature: &str| {
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", now.as_str()),
            ("webhook-signature", signature),
        ];
        post(&world, &headers, large()).await
    };
    let forged = deliver(&sign(b'y')).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED, "the last byte differs");
    assert!(stored(&world).await.is_empty());
    let first = deliver(&sign(b'x')).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{:?}", first.body);
    let again = deliver(&sign(b'x')).await;
    assert_eq!(
        again.body["id"], first.body["id"],
        "the provider's second try is the first mail"
    );
    assert_eq!(stored(&world).await.len(), 1);
}

#[tokio::test]
async fn strangers_and_absurd_sizes_are_refused_before_the_body_is_read() {
    let world = World::new().await;
    let never = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = post(&world, &[], never()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let agent = format!("Bearer {}", world.login().await.token());
    let answer = post(&world, &[("authorization", &agent)], never()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "agents post no mail");
    let token = admin(&world).await;
    let answer = post(
        &world,
        &[("authorization", &token), ("content-length", "200000000")],
        never(),
    )
    .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = post(&world, &[("authorization", &token), ("idempotency-key", "k")], large()).await;
    assert_eq!(
        answer.status,
        StatusCode::PAYLOAD_TOO_LARGE,
        "a key's body is held in memory"
    );
    assert!(stored(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_is_listed_with_what_became_of_it_and_not_with_what_it_says() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    for (n, recipient, state) in [(1, "ana@example.dz", "sent"), (2, "bob@example.dz", "bounced")] {
        let row = format!(
            "INSERT INTO outgoing_mails (id, kind, event_key, recipient, mail_message_id, subject, body_text, locale, state, attempts,
                 created_at, state_at)
             VALUES ('01a1fc3e-29d6-7608-8721-d44b966958d{n}', 'account', '{n}', '{recipient}', '{n}@x', 'Welcome', '', 'fr', '{state}', 1,
                 now(), now())"
        );
        world.db.execute(&row).await;
    }
    let listed = async |query: &str| -> Vec<String> {
        let path = format!("/api/v1/outgoing-mails?{query}");
        let answer = world.own("GET", &path, &admin, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        let items = answer.body["items"].as_array().unwrap().clone();
        assert!(items.iter().all(|item| item.get("body_text").is_none()), "{items:?}");
        let line = |item: &Value| format!("{} {} {}", item["recipient"], item["kind"], item["state"]).replace('"', "");
        items.iter().map(line).collect()
    };
    let (ana, bob) = ("ana@example.dz account sent", "bob@example.dz account bounced");
    assert_eq!(listed("").await, [bob, ana]);
    assert_eq!(listed("limit=1").await, [bob]);
    assert_eq!(listed("state=sent,queued").await, [ana]);
    assert_eq!(listed("kind=account&q=BOB").await, [bob]);
    assert!(listed("kind=reply").await.is_empty());
    assert!(
        listed("q=%25").await.is_empty(),
        "a sign of a pattern stands for itself"
    );
}
