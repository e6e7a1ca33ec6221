//! The main story through real processes: `cloudmanager up` with its own PostgreSQL, Redis, API, worker and scheduler.
#![expect(clippy::unwrap_used, reason = "a test: what fails here fails the test")]

mod client;
mod product;
mod traces;

use client::Client;
use product::Product;
use serde_json::json;

fn mail(from: &str, to: &str, subject: &str, id: &str, extra: &str, body: &str) -> String {
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\nDate: Sat, 21 Nov 2026 03:00:00 +0000\r\n\
         {extra}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_becomes_a_ticket_is_answered_and_the_reply_comes_back_to_it() {
    let mut product = Product::start().await;
    let admin = product.client("admin@cloudmanager.test").await;
    let agent = product.client("agent@cloudmanager.test").await;
    let client = product.client("client@cloudmanager.test").await;

    // A mail of a client with an account becomes a ticket and is acknowledged.
    let first = mail(
        "Lina <client@cloudmanager.test>",
        "support@cloudmanager.test",
        "Panne",
        "m1@example.dz",
        "",
        "Au secours",
    );
    let journey = admin.deliver(&first).await;
    assert_eq!(journey["state"], "processed", "{journey}");
    assert_eq!(journey["class"], "human");
    let ticket = journey["ticket_id"].as_str().unwrap().to_owned();
    let ack = product.sent_mail("Auto-Submitted: auto-replied").await;
    assert!(
        !ack.contains("Panne"),
        "an acknowledgement repeats nothing of an unverified sender:\n{ack}"
    );

    // The same mail again is a duplicate; the same webhook event is not even stored twice.
    assert_eq!(admin.deliver(&first).await["state"], "duplicate");

    // The agent takes it and answers; the answer leaves by mail.
    let (status, _) = client
        .send(
            "POST",
            &format!("/api/v1/tickets/{ticket}/messages"),
            &json!({"kind": "note", "body": "x"}),
        )
        .await;
    assert_eq!(status, 403, "a client writes no notes");
    let (status, sent) = agent
        .send(
            "POST",
            &format!("/api/v1/tickets/{ticket}/messages"),
            &json!({"kind": "reply", "body": "Redémarrez."}),
        )
        .await;
    assert_eq!(status, 201, "{sent}");
    let reply = product.sent_mail("Red=C3=A9marrez").await;
    let header = |name: &str| {
        let line = reply
            .lines()
            .find(|line| line.to_lowercase().starts_with(&format!("{name}: ")))
            .unwrap_or_default();
        line[name.len() + 2..].trim().to_owned()
    };
    let reply_to = header("reply-to")
        .rsplit('<')
        .next()
        .unwrap()
        .trim_end_matches('>')
        .to_owned();
    assert!(reply_to.starts_with("reply+"), "{reply}");
    let (_, shown) = agent
        .send("GET", &format!("/api/v1/tickets/{ticket}"), &json!(null))
        .await;
    assert_eq!(shown["state"], "answered");

    // The customer's reply lands in the same ticket and gives it back to staff.
    let second = mail(
        "Lina <client@cloudmanager.test>",
        &reply_to,
        "Re: Panne",
        "m2@example.dz",
        "",
        "Toujours en panne",
    );
    let journey = admin.deliver(&second).await;
    assert_eq!(journey["ticket_id"], ticket.as_str(), "{journey}");
    let (_, shown) = client
        .send("GET", &format!("/api/v1/tickets/{ticket}"), &json!(null))
        .await;
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["message_count"], 3);

    // Somebody else with the same token is held; the client does not see his words.
    let stranger = mail(
        "Eve <eve@elsewhere.example>",
        &reply_to,
        "Re: Panne",
        "m3@elsewhere.example",
        "",
        "secret of eve",
    );
    assert_eq!(admin.deliver(&stranger).await["ticket_id"], ticket.as_str());
    let (_, timeline) = client
        .send("GET", &format!("/api/v1/tickets/{ticket}/timeline"), &json!(null))
        .await;
    assert!(!timeline.to_string().contains("secret of eve"), "{timeline}");

    // An answering machine opens nothing and changes nothing.
    let machine = mail(
        "Lina <client@cloudmanager.test>",
        &reply_to,
        "Absence",
        "m4@example.dz",
        "Auto-Submitted: auto-replied\r\n",
        "Absente",
    );
    admin.deliver(&machine).await;
    let (_, shown) = client
        .send("GET", &format!("/api/v1/tickets/{ticket}"), &json!(null))
        .await;
    assert_eq!(shown["state"], "open");

    // A worker that is killed is followed; what it had to do is done.
    product.kill("worker");
    let third = mail(
        "Omar <omar@example.dz>",
        "support@cloudmanager.test",
        "Autre",
        "m5@example.dz",
        "",
        "Bonjour",
    );
    let journey = admin.deliver(&third).await;
    assert_eq!(journey["state"], "processed");
    let foreign = journey["ticket_id"].as_str().unwrap();
    let (status, _) = client
        .send("GET", &format!("/api/v1/tickets/{foreign}"), &json!(null))
        .await;
    assert_eq!(status, 404, "another requester's ticket does not exist for a client");

    // So is everything else: the database and Redis come back at the same address, and nothing is lost.
    for name in ["redis", "postgres", "api", "scheduler"] {
        product.kill_and_wait(name).await;
    }
    let fourth = mail(
        "Omar <omar@example.dz>",
        "support@cloudmanager.test",
        "Encore",
        "m6@example.dz",
        "",
        "Bonjour",
    );
    assert_eq!(admin.deliver(&fourth).await["state"], "processed");

    // Bytes that are no mail are kept and settled.
    let garbage = admin.deliver_bytes(&[0, 159, 146, 150, b'\n', 0xff]).await;
    assert_ne!(garbage["state"], "received", "{garbage}");

    // Everything is found again after a restart.
    product.restart().await;
    let agent = product.client("agent@cloudmanager.test").await;
    let (status, shown) = agent
        .send("GET", &format!("/api/v1/tickets/{ticket}"), &json!(null))
        .await;
    assert_eq!((status, shown["number"].clone()), (200, json!(100_001)));
    product.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_but_a_named_few_wants_a_token() {
    let mut product = Product::start().await;
    let nobody = Client::anonymous(&product.url);
    let (_, document) = nobody.send("GET", "/api/openapi.json", &json!(null)).await;
    let open = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/.well-known/jwks.json",
        // Signed by the provider.
        "/api/v1/sms/reports/{provider}",
        "/api/v1/mail/reports/sendgrid",
        "/api/v1/mail/reports/ses",
        // The link of the mail opens them.
        "/api/v1/survey",
        "/api/v1/survey/answer",
        // The secret in the address opens it.
        "/api/v1/calendar.ics",
        // Signed in the mail that it comes from.
        "/api/v1/unsubscribe/{token}",
        // What everybody may read, and say of it.
        "/api/v1/help",
        "/api/v1/help/sections/{slug}",
        "/api/v1/help/search",
        "/api/v1/help/articles/{slug}",
        "/api/v1/help/articles/{slug}/vote",
        "/api/v1/help/images/{id}",
    ];
    let mut checked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods
            .as_object()
            .unwrap()
            .keys()
            .filter(|m| ["get", "post", "patch", "put", "delete"].contains(&m.as_str()))
        {
            // What one does to get a token wants none.
            if open.contains(&path.as_str()) || path.starts_with("/api/v1/auth/") {
                continue;
            }
            let address = path
                .replace("{id}", "01a1fc3e-29d6-7608-8721-d44b966958dd")
                .replace("{message_id}", "01a1fc3e-29d6-7608-8721-d44b966958dd");
            let (status, problem) = nobody.send(&method.to_uppercase(), &address, &json!({})).await;
            assert_eq!(status, 401, "{method} {path}: {problem}");
            assert!(
                problem["code"].is_string() && problem["request_id"].is_string(),
                "{method} {path}: {problem}"
            );
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} routes are documented");
    product.stop().await;
}
