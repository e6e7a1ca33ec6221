//! Invitations to act for a customer: who may send them, whom they let in, and when they open nothing.

use std::sync::Arc;

use api::{ApiConfig, Rates};
use app::account::letter::{Content, Invited};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    client::{AGENT, Answer, Hands, URL, World},
    customers::{Person, company},
};

const CLIENT: &str = "client@cloudmanager.test";
const NEW: &str = "lina@example.dz";
const LOOK: &str = "/api/v1/auth/membership";
const JOIN: &str = "/api/v1/auth/membership/join";
const ACCEPT: &str = "/api/v1/me/memberships";

async fn moving() -> (Arc<World>, Arc<Hands>) {
    let hands = Hands::new();
    let config = ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(URL)
    };
    (World::at(config, hands.clone()).await, hands)
}

async fn invite(person: &Person, path: &str, email: &str, role: &str) -> Answer {
    let body = json!({ "email": email, "role": role });
    person.call("POST", &format!("{path}/invitations"), body).await
}

/// The last invitation that was mailed to an address.
async fn mailed(world: &World, to: &str) -> Invited {
    let letters = world.mails().await;
    let found = letters.into_iter().rev().find_map(|letter| match letter.content {
        Content::Invitation(invited) if letter.to == to => Some(invited),
        _ => None,
    });
    found.expect("an invitation")
}

fn token(invited: &Invited) -> String {
    invited.url.split_once("#token=").unwrap().1.to_owned()
}

fn joining(token: &str) -> Value {
    json!({ "token": token, "name": "Lina Ben Ali", "password": "correct horse battery staple 42", "locale": "fr" })
}

fn link_code(answer: &Answer) -> &str {
    answer.body["errors"][0]["code"].as_str().unwrap_or_default()
}

async fn count(world: &World, sql: &str) -> i64 {
    world.db.texts(sql).await[0].parse().unwrap()
}

#[tokio::test]
async fn a_new_person_opens_an_account_by_the_link_which_works_once() {
    let world = World::new().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL A", "a@a.dz")).await;
    let made = invite(&owner, &path, "Lina@Example.dz", "billing").await;
    assert_eq!(
        (made.status, &made.body["email"]),
        (StatusCode::CREATED, &json!(NEW)),
        "{:?}",
        made.body
    );
    // Somebody with an account gets the same answer.
    let known = invite(&owner, &path, AGENT, "viewer").await;
    assert_eq!(known.status, StatusCode::CREATED);
    let keys = |answer: &Answer| answer.body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&made), keys(&known));
    assert_eq!(invite(&owner, &path, NEW, "viewer").await.code(), "invited_already");

    let letter = mailed(&world, NEW).await;
    assert_eq!((letter.customer.as_str(), letter.days), ("SARL A", 7));
    let token = token(&letter);
    let stored = "SELECT count(*)::text FROM customer_invitations WHERE encode(token_hash, 'escape') LIKE '%";
    assert_eq!(count(&world, &format!("{stored}{}%'", &token[..20])).await, 0);
    let offer = world.post(LOOK, json!({ "token": token })).await;
    assert_eq!(
        (&offer.body["customer"], &offer.body["role"]),
        (&json!("SARL A"), &json!("billing"))
    );
    let mut weak = joining(&token);
    weak["password"] = json!("lina lina lina lina");
    assert_eq!(world.post(JOIN, weak).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let joined = world.post(JOIN, joining(&token)).await;
    assert_eq!(joined.status, StatusCode::OK, "{:?}", joined.body);
    for path in [LOOK, JOIN] {
        let body = if path == JOIN {
            joining(&token)
        } else {
            json!({ "token": token })
        };
        assert_eq!(link_code(&world.post(path, body).await), "invalid_link", "{path}");
    }
    let entered = world.try_login(NEW, "correct horse battery staple 42").await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    let bearer = format!("Bearer {}", entered.token());
    let seen = world
        .call("GET", &path, &[("authorization", &bearer)], Value::Null)
        .await;
    assert_eq!(seen.body["my_role"], "billing");
    let audited = "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log WHERE action LIKE 'customer.invite%'";
    assert_eq!(
        world.db.texts(audited).await,
        ["customer.invite customer.invite customer.invite_accept"]
    );
    let told = world.mails().await;
    assert!(
        told.iter()
            .any(|mail| mail.to == CLIENT && format!("{:?}", mail.content).contains("MemberJoined"))
    );
}

#[tokio::test]
async fn an_account_accepts_with_the_invited_address_only() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let path = agent.made(company("SARL B", "b@b.dz")).await;
    let other = Person::stranger(&world, "other@x.dz").await;
    let friend = Person::stranger(&world, "friend@x.dz").await;
    assert_eq!(
        invite(&agent, &path, "friend@x.dz", "owner").await.status,
        StatusCode::CREATED
    );
    let token = token(&mailed(&world, "friend@x.dz").await);
    let body = json!({ "token": token });
    let wrong = other.call("POST", ACCEPT, body.clone()).await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::FORBIDDEN, "invitation_of_another")
    );
    assert_eq!(world.post(JOIN, joining(&token)).await.code(), "sign_in_instead");
    let (one, two) = tokio::join!(
        friend.call("POST", ACCEPT, body.clone()),
        friend.call("POST", ACCEPT, body.clone())
    );
    let mut both = [one.status, two.status];
    both.sort();
    assert_eq!(both[0], StatusCode::OK, "{:?} {:?}", one.body, two.body);
    assert_ne!(both[1], StatusCode::OK, "once");
    assert_eq!(friend.get(&path).await.body["my_role"], "owner");
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(link_code(&other.call("POST", ACCEPT, body).await), "invalid_link");
    assert_eq!(
        world.call("POST", ACCEPT, &[], json!({ "token": token })).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn revoked_renewed_and_old_links_open_nothing() {
    let (world, hands) = moving().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL C", "c@c.dz")).await;
    let made = invite(&owner, &path, NEW, "viewer").await;
    let one = format!("{path}/invitations/{}", made.body["id"].as_str().unwrap());
    let first = token(&mailed(&world, NEW).await);
    let early = owner.call("POST", &format!("{one}/resend"), Value::Null).await;
    assert_eq!(early.status, StatusCode::TOO_MANY_REQUESTS);
    hands.forward(TimeDelta::minutes(2));
    assert_eq!(
        owner.call("POST", &format!("{one}/resend"), Value::Null).await.status,
        StatusCode::OK
    );
    let second = token(&mailed(&world, NEW).await);
    assert_ne!(first, second);
    assert_eq!(link_code(&world.post(JOIN, joining(&first)).await), "invalid_link");
    assert_eq!(
        world.post(LOOK, json!({ "token": second })).await.status,
        StatusCode::OK
    );
    assert_eq!(
        owner.call("DELETE", &one, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(link_code(&world.post(JOIN, joining(&second)).await), "invalid_link");
    assert_eq!(
        owner.call("DELETE", &one, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );

    invite(&owner, &path, NEW, "viewer").await;
    let third = token(&mailed(&world, NEW).await);
    hands.forward(TimeDelta::days(7) + TimeDelta::seconds(1));
    assert_eq!(link_code(&world.post(JOIN, joining(&third)).await), "invalid_link");
    let owner = Person::new(&world, CLIENT).await;
    assert_eq!(owner.get(&format!("{path}/invitations")).await.body, json!([]));
    assert_eq!(app::customer::invitations::expire(&world.state.app).await.unwrap(), 1);
    assert_eq!(app::customer::invitations::expire(&world.state.app).await.unwrap(), 0);
    let marked = "SELECT count(*)::text FROM audit_log WHERE action = 'customer.invite_expire'";
    assert_eq!(count(&world, marked).await, 1);
    assert_eq!(invite(&owner, &path, NEW, "viewer").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_mail_that_is_sent_again_counts_like_the_first_one() {
    let (world, hands) = moving().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL D", "d@d.dz")).await;
    let made = invite(&owner, &path, NEW, "viewer").await;
    let again = format!("{path}/invitations/{}/resend", made.body["id"].as_str().unwrap());
    for _ in 0..4 {
        hands.forward(TimeDelta::seconds(61));
        assert_eq!(owner.call("POST", &again, Value::Null).await.status, StatusCode::OK);
    }
    hands.forward(TimeDelta::seconds(61));
    let sixth = owner.call("POST", &again, Value::Null).await;
    assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS, "{:?}", sixth.body);
    hands.forward(TimeDelta::hours(1));
    let owner = Person::new(&world, CLIENT).await;
    assert_eq!(owner.call("POST", &again, Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn invitations_that_ran_out_make_room_and_are_written_down() {
    let (world, hands) = moving().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL E", "e@e.dz")).await;
    invite(&owner, &path, NEW, "viewer").await;
    world
        .db
        .execute(
            "INSERT INTO customer_invitations (id, customer_id, email, role, token_hash, secret_id, invited_by, created_at, sent_at, expires_at)
             SELECT gen_random_uuid(), i.customer_id, n || '@late.dz', 'viewer', sha256(n::text::bytea), gen_random_uuid(), i.invited_by,
                 i.created_at, i.sent_at, i.expires_at FROM customer_invitations i, generate_series(1, 49) n",
        )
        .await;
    let full = invite(&owner, &path, "one.more@example.dz", "viewer").await;
    assert_eq!(full.body["code"], "too_many", "{:?}", full.body);
    hands.forward(TimeDelta::days(7) + TimeDelta::seconds(1));
    let owner = Person::new(&world, CLIENT).await;
    let fits = invite(&owner, &path, "one.more@example.dz", "viewer").await;
    assert_eq!(fits.status, StatusCode::CREATED, "{:?}", fits.body);
    let marked = "SELECT count(*)::text FROM audit_log WHERE action = 'customer.invite_expire'";
    assert_eq!(count(&world, marked).await, 50);
}

#[tokio::test]
async fn nobody_hands_out_more_than_he_has_and_strangers_find_nothing() {
    let (world, hands) = moving().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL D", "d@d.dz")).await;
    let agent = Person::new(&world, AGENT).await;
    let helper = Person::stranger(&world, "helper@x.dz").await;
    let add = json!({ "email": "helper@x.dz", "role": "admin" });
    agent.call("POST", &format!("{path}/members"), add).await;
    assert_eq!(invite(&helper, &path, NEW, "owner").await.code(), "role_above_own");
    let offered = invite(&helper, &path, NEW, "technical").await;
    let one = format!("{path}/invitations/{}", offered.body["id"].as_str().unwrap());
    let token = token(&mailed(&world, NEW).await);

    let stranger = Person::stranger(&world, "stranger@x.dz").await;
    let theirs = stranger.made(company("SARL E", "e@e.dz")).await;
    assert_eq!(
        stranger.get(&format!("{path}/invitations")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        invite(&stranger, &path, "x@x.dz", "viewer").await.status,
        StatusCode::NOT_FOUND
    );
    let id = one.rsplit('/').next().unwrap();
    for (method, place) in [("DELETE", one.clone()), ("POST", format!("{one}/resend"))] {
        assert_eq!(
            stranger.call(method, &place, Value::Null).await.status,
            StatusCode::NOT_FOUND,
            "{place}"
        );
    }
    let mixed = format!("{theirs}/invitations/{id}");
    assert_eq!(
        stranger.call("DELETE", &mixed, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );

    // Who offered it lost his part: what he offered falls with it.
    let members = owner.get(&format!("{path}/members")).await.body;
    let of = |email: &str| {
        let all = members["items"].as_array().unwrap().iter();
        let found = all.clone().find(|member| member["email"] == email).unwrap();
        format!("{path}/members/{}", found["user_id"].as_str().unwrap())
    };
    owner.call("PUT", &of("helper@x.dz"), json!({ "role": "viewer" })).await;
    assert_eq!(link_code(&world.post(JOIN, joining(&token)).await), "invalid_link");
    assert_eq!(
        invite(&helper, &path, NEW, "viewer").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        helper.get(&format!("{path}/invitations")).await.status,
        StatusCode::FORBIDDEN
    );

    // Power is handed out after a fresh proof.
    hands.forward(TimeDelta::minutes(6));
    assert_eq!(invite(&owner, &path, NEW, "admin").await.code(), "step_up_required");
    assert_eq!(invite(&owner, &path, NEW, "viewer").await.status, StatusCode::CREATED);
    let odd = invite(&owner, &path, "a@b.dz\r\nBcc: x@y.dz", "viewer").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn of_two_owners_who_remove_each_other_one_stays() {
    let world = World::new().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL F", "f@f.dz")).await;
    let second = Person::stranger(&world, "second@x.dz").await;
    invite(&owner, &path, "second@x.dz", "owner").await;
    let token = token(&mailed(&world, "second@x.dz").await);
    assert_eq!(
        second.call("POST", ACCEPT, json!({ "token": token })).await.status,
        StatusCode::OK
    );
    let members = owner.get(&format!("{path}/members")).await.body;
    let of = |email: &str| {
        let all = members["items"].as_array().unwrap().iter();
        let found = all.clone().find(|member| member["email"] == email).unwrap();
        format!("{path}/members/{}", found["user_id"].as_str().unwrap())
    };
    let (first, other) = (of(CLIENT), of("second@x.dz"));
    let (one, two) = tokio::join!(
        owner.call("DELETE", &other, Value::Null),
        second.call("DELETE", &first, Value::Null)
    );
    let gone = [one.status, two.status]
        .iter()
        .filter(|status| **status == StatusCode::NO_CONTENT)
        .count();
    assert_eq!(gone, 1, "{:?} {:?}", one.body, two.body);
    let owners = "SELECT count(*)::text FROM customer_members WHERE role = 'owner'";
    assert_eq!(count(&world, owners).await, 1);
}
