//! Both providers against their simulators: what each answer means.

use std::{net::Ipv4Addr, time::Duration};

use domain::sms::SmsState;
use simulators::sms::{Account, Fault, Provider, SmsSimulator};
use uuid::Uuid;

use super::*;

const SID: &str = "AC00000000000000000000000000000000";

async fn simulator(provider: Provider) -> SmsSimulator {
    let account = Account {
        id: SID.to_owned(),
        secret: "hunter2".to_owned(),
    };
    SmsSimulator::start(provider, (Ipv4Addr::LOCALHOST, 0).into(), account)
        .await
        .unwrap()
}

fn gateway(provider: Provider, base_url: String, secret: &str) -> Box<dyn SmsGateway> {
    let reports_url = Some("http://127.0.0.1:9/reports".to_owned());
    let timeout = Some(Duration::from_millis(1500));
    match provider {
        Provider::Twilio => {
            let config = TwilioConfig {
                base_url,
                account: SID.to_owned(),
                token: secret.to_owned(),
                sender: "+15005550006".to_owned(),
                reports_url,
                timeout,
            };
            Box::new(Twilio::new(config).unwrap())
        }
        Provider::Infobip => {
            let config = InfobipConfig {
                base_url,
                key: secret.to_owned(),
                sender: "CloudMgr".to_owned(),
                reports_url,
                reports_key: [7; 32],
                former_reports_keys: Vec::new(),
                timeout,
            };
            Box::new(Infobip::new(config).unwrap())
        }
    }
}

fn text(to: &str) -> OutgoingText<'_> {
    OutgoingText {
        id: Uuid::now_v7(),
        to,
        body: "رمزك 123456 & co = 1+1",
        valid_for: Duration::from_secs(300),
    }
}

const BOTH: [Provider; 2] = [Provider::Twilio, Provider::Infobip];

#[tokio::test]
async fn a_text_arrives_as_it_was_written() {
    for provider in BOTH {
        let phone = simulator(provider).await;
        let gateway = gateway(provider, phone.url(), "hunter2");
        let outgoing = text("+213550123456");
        let accepted = gateway.send(outgoing).await.unwrap();
        assert_eq!(accepted.segments, Some(1));
        let sent = phone.book().sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            (sent[0].to.as_str(), sent[0].text.as_str()),
            (outgoing.to, outgoing.body)
        );
        assert_eq!(sent[0].id, accepted.provider_id);
    }
}

#[tokio::test]
async fn each_fault_means_what_it_should() {
    use RefusalKind::{Configuration, Permanent, RateLimited, Temporary};
    let second = RateLimited(Duration::from_secs(1));
    for provider in BOTH {
        let phone = simulator(provider).await;
        let gateway = gateway(provider, phone.url(), "hunter2");
        let cases = [
            (Fault::RateLimited, second, ["20429", "TOO_MANY_REQUESTS"]),
            (Fault::Unavailable, Temporary, ["20500", "GENERAL_ERROR"]),
            (Fault::InvalidNumber, Permanent, ["21211", "REJECTED_PREFIX_MISSING"]),
            (Fault::NoCredit, Configuration, ["20005", "REJECTED_NOT_ENOUGH_CREDITS"]),
            (Fault::Html, Temporary, ["502", "502"]),
            (Fault::Endless, Temporary, ["answer", "answer"]),
            (Fault::Silent, Temporary, ["network", "network"]),
            (Fault::Slow, Temporary, ["network", "network"]),
            (Fault::LostAnswer, Temporary, ["network", "network"]),
        ];
        for (fault, kind, codes) in cases {
            phone.book().set_fault(fault);
            let refusal = gateway.send(text("+213550123456")).await.unwrap_err();
            assert_eq!(refusal.kind, kind, "{provider:?} {fault:?}: {refusal}");
            assert_eq!(refusal.code, codes[provider as usize], "{provider:?} {fault:?}");
            assert!(!refusal.to_string().contains("hunter2"));
        }
    }
}

#[tokio::test]
async fn wrong_credentials_wrong_numbers_and_missing_providers_are_told_apart() {
    for provider in BOTH {
        let phone = simulator(provider).await;
        let refusal = gateway(provider, phone.url(), "*******")
            .send(text("+213550123456"))
            .await
            .unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Configuration, "{refusal}");
        let refusal = gateway(provider, phone.url(), "hunter2")
            .send(text("+12"))
            .await
            .unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Permanent, "{refusal}");
        let elsewhere = gateway(provider, format!("{}/nowhere", phone.url()), "hunter2");
        let refusal = elsewhere.send(text("+213550123456")).await.unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Configuration, "{refusal}");
        let url = phone.url();
        drop(phone);
        let refusal = gateway(provider, url, "hunter2")
            .send(text("+213550123456"))
            .await
            .unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Temporary, "{refusal}");
        let shown = format!("{:?}", gateway(provider, "http://x".to_owned(), "hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn only_infobip_knows_a_text_that_comes_again() {
    for provider in BOTH {
        let phone = simulator(provider).await;
        let gateway = gateway(provider, phone.url(), "hunter2");
        let outgoing = text("+213550123456");
        phone.book().set_fault(Fault::LostAnswer);
        assert!(gateway.send(outgoing).await.is_err());
        phone.book().set_fault(Fault::None);
        let accepted = gateway.send(outgoing).await.unwrap();
        let sent = phone.book().sent();
        match provider {
            Provider::Infobip => assert_eq!((sent.len(), accepted.provider_id), (1, outgoing.id.to_string())),
            Provider::Twilio => assert_eq!(sent.len(), 2, "there is no key to know it by"),
        }
    }
}

fn report_of(code: &str, id: Uuid, group: i32) -> String {
    format!(
        r#"{{"results":[{{"messageId":"{id}","status":{{"groupId":{group},"name":"X"}},"callbackData":"{code}"}}]}}"#
    )
}

#[test]
fn an_infobip_report_is_good_for_its_own_message_alone() {
    let config = InfobipConfig {
        base_url: "http://x".to_owned(),
        key: "k".to_owned(),
        sender: "s".to_owned(),
        reports_url: None,
        reports_key: [7; 32],
        former_reports_keys: Vec::new(),
        timeout: None,
    };
    let infobip = Infobip::new(config).unwrap();
    let (mine, other) = (Uuid::now_v7(), Uuid::now_v7());
    let mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(&[7; 32]).unwrap();
    let mac = hmac::Mac::chain_update(mac, mine.as_bytes());
    let code = data_encoding::HEXLOWER.encode(&hmac::Mac::finalize(mac).into_bytes());
    let read = |body: &str| {
        infobip.reports(Delivery {
            query: "",
            signature: None,
            body: body.as_bytes(),
        })
    };
    let good = read(&report_of(&code, mine, 3)).unwrap();
    assert_eq!((good[0].message, good[0].state), (mine, SmsState::Delivered));
    assert_eq!(read(&report_of(&code, mine, 4)).unwrap()[0].state, SmsState::Expired);
    assert_eq!(read(&report_of(&code, mine, 5)).unwrap()[0].error.as_deref(), Some("X"));
    assert!(read(&report_of(&code, mine, 9)).unwrap().is_empty());
    assert_eq!(read(r#"{"results":[]}"#).unwrap(), []);
    for forged in [
        report_of(&code, other, 3),
        report_of("", mine, 3),
        report_of(&code[2..], mine, 3),
        report_of(&"0".repeat(64), mine, 3),
        "{}x".to_owned(),
        String::new(),
    ] {
        assert_eq!(read(&forged), Err(Forged), "{forged}");
    }
}
