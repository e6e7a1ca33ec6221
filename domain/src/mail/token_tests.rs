use super::*;
use proptest::prelude::*;

fn keys() -> TokenKeys {
    TokenKeys::new(
        TokenKey::new(2, [7; 32]).unwrap(),
        vec![TokenKey::new(1, [9; 32]).unwrap()],
    )
}

#[test]
fn a_short_key_is_refused_and_never_printed() {
    assert_eq!(TokenKey::new(1, [0; 31]).err(), Some(WeakKey));
    assert!(!format!("{:?}", TokenKey::new(1, *b"secret-secret-secret-secret-1234").unwrap()).contains("115"));
}

#[test]
fn reply_addresses_fit_a_local_part_and_survive_case() {
    let claim = ReplyClaim {
        ticket: 1_234_567,
        recipient: recipient_fp("ada@example.org"),
    };
    let address = keys().reply_address(&claim, "help.example");
    assert!(address.split('@').next().unwrap().len() <= 64, "{address}");
    assert!(crate::mail::address::check_addr_spec(&address).is_ok());
    assert_eq!(keys().read_reply_address(&address.to_uppercase()), Some(claim));
}

#[test]
fn rotation_keeps_old_tokens_valid_until_the_key_is_dropped() {
    let old = TokenKeys::new(TokenKey::new(1, [9; 32]).unwrap(), vec![]);
    let claim = ReplyClaim {
        ticket: 5,
        recipient: 6,
    };
    assert_eq!(keys().read_reply_address(&old.reply_address(&claim, "h")), Some(claim));
    let only_new = TokenKeys::new(TokenKey::new(2, [7; 32]).unwrap(), vec![]);
    assert_eq!(only_new.read_reply_address(&old.reply_address(&claim, "h")), None);
    assert_eq!(keys().find_subject_tokens(&old.subject_token(77)), vec![77]);
}

#[test]
fn purposes_are_separate() {
    let claim = ReplyClaim {
        ticket: 5,
        recipient: 6,
    };
    let reply = keys().reply_address(&claim, "h");
    assert_eq!(keys().read_bounce_address(&reply.replace("reply+", "bounce+")), None);
    let bounce = keys().bounce_address(Uuid::from_u128(9), "h");
    assert!(bounce.split('@').next().unwrap().len() <= 64);
    assert_eq!(keys().read_bounce_address(&bounce), Some(Uuid::from_u128(9)));
    assert_eq!(keys().read_reply_address(&bounce.replace("bounce+", "reply+")), None);
}

#[test]
fn message_ids_are_found_in_raw_text() {
    let claim = MessageClaim {
        ticket: 42,
        message: Uuid::from_u128(3),
        recipient: 8,
    };
    let id = keys().message_id(&claim, Uuid::now_v7(), "host.test");
    assert_eq!(keys().read_message_id(&format!("<{id}>")), Some(claim));
    assert_eq!(
        keys().read_message_id(&id.replace("host.test", "rewritten")),
        Some(claim)
    );
    assert_eq!(
        keys().find_message_ids(&format!("bounce of\nMessage-ID: <{id}>\nx <t.1@x> <t.")),
        vec![claim]
    );
    assert_eq!(keys().read_message_id(&id.replace("t.42.", "t.43.")), None);
}

#[test]
fn markers_survive_quoting_and_wrapping() {
    let claim = ReplyClaim {
        ticket: 99,
        recipient: 1,
    };
    let marker = keys().body_marker(&claim);
    let wrapped = format!("> {}\n> {}", &marker[..20], &marker[20..]);
    assert_eq!(keys().find_body_markers(&format!("hi\n{wrapped}")), vec![(5, claim)]);
    assert!(keys().find_body_markers(&"[cm:".repeat(5_000)).is_empty());
}

#[test]
fn subject_tokens_need_their_check_digits() {
    let token = keys().subject_token(12_345);
    assert_eq!(token.len(), "[#12345-k7q2]".len());
    assert_eq!(
        keys().find_subject_tokens(&format!("Re: {} x", token.to_uppercase())),
        vec![12_345]
    );
    assert!(keys().find_subject_tokens(&token.replace("12345", "12346")).is_empty());
    assert!(
        keys()
            .find_subject_tokens("[#1-] [#-x] [#] [#99999999999999999999-aaaa] [#")
            .is_empty()
    );
}

proptest! {
    #[test]
    fn claims_round_trip(ticket in 1i64..(1 << 40), recipient: u64, message: u128, nonce: u128) {
        let reply = ReplyClaim { ticket, recipient };
        prop_assert_eq!(keys().read_reply_address(&keys().reply_address(&reply, "x.y")), Some(reply));
        let claim = MessageClaim { ticket, message: Uuid::from_u128(message), recipient };
        let id = keys().message_id(&claim, Uuid::from_u128(nonce), "x.y");
        prop_assert_eq!(keys().read_message_id(&id), Some(claim));
        let survey = keys().survey(Uuid::from_u128(message));
        prop_assert_eq!(keys().read_survey(&survey), Some(Uuid::from_u128(message)));
        // What opens one thing opens no other.
        prop_assert_eq!(keys().read_bounce_address(&format!("bounce+{survey}@x.y")), None);
    }

    #[test]
    fn one_changed_character_breaks_a_token(at in 6usize..54, letter in "[a-z2-7]") {
        let claim = ReplyClaim { ticket: 1000, recipient: 77 };
        let mut address = keys().reply_address(&claim, "x.y");
        if address[at..=at] != letter {
            address.replace_range(at..=at, &letter);
            prop_assert_eq!(keys().read_reply_address(&address), None);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,300}") {
        let keys = keys();
        let _ = (keys.read_message_id(&text), keys.read_reply_address(&text), keys.find_subject_tokens(&text));
        prop_assert!(keys.find_body_markers(&text).is_empty());
    }
}
