//! Checks of mailbox settings at a real IMAP server.

use app::{
    AppError,
    mailbox::{Imap, Settings},
    mailbox_test,
};
use domain::mail::{
    check::{CheckFault, CheckResult, CheckState, CheckStep, Checks},
    words::{StartPoint, TlsMode},
};
use jobs::{Outcome, TestMailbox};
use testkit::Dovecot;
use uuid::Uuid;

use super::desk::{Desk, mail};
use crate::handlers::check_mailbox;

fn imap(port: u16, password: Option<&str>, folder: &str) -> Settings {
    Settings {
        imap: Some(Imap {
            host: "localhost".to_owned(),
            port,
            tls: TlsMode::None,
            username: "support".to_owned(),
            password: password.map(str::to_owned),
            folder: Some(folder.to_owned()),
        }),
        ..Settings::default()
    }
}

/// Has settings checked and returns what was found.
async fn check(desk: &Desk, mailbox: Option<Uuid>, settings: Settings) -> Checks {
    let asked = mailbox_test::start(&desk.app, &desk.caller, mailbox, settings)
        .await
        .unwrap();
    assert_eq!(asked.state, "running");
    let jobs = desk.jobs("test_mailbox").await;
    assert!(
        jobs.iter().any(|job| job.subject_id == Some(asked.id)),
        "a job makes it"
    );
    let job = TestMailbox { test_id: asked.id };
    let outcome = check_mailbox::run(&desk.surroundings(), desk.context(Uuid::now_v7()), job).await;
    assert_eq!(outcome, Outcome::Done);
    let found = mailbox_test::find(&desk.app, &desk.caller, asked.id).await.unwrap();
    let checks: Checks = serde_json::from_value(found.steps).unwrap();
    assert_eq!(found.state, checks.result().as_str());
    assert!(
        found.finished_at.is_some() && found.secret.is_none(),
        "at its end the password is forgotten"
    );
    checks
}

fn failure(checks: &Checks) -> (CheckStep, CheckFault) {
    let failed = checks.0.iter().find(|check| check.state == CheckState::Failed).unwrap();
    // Words are the server's own; what is ours has a code alone, which every language has words for.
    let its_own = matches!(failed.fault, Some(CheckFault::SignIn | CheckFault::Refused));
    assert_eq!(failed.detail.as_deref().is_some_and(|words| !words.is_empty()), its_own);
    (failed.step, failed.fault.unwrap())
}

#[tokio::test]
async fn each_step_says_whether_it_works_and_why_not() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    server.deliver("1.a", mail("ana@example.dz", "Hello", "1@example.dz", "", "Hello"));

    let good = check(&desk, None, imap(server.plain, Some("secret"), "INBOX")).await;
    assert_eq!(good.result(), CheckResult::Passed);
    let folder = good.0.iter().find(|check| check.step == CheckStep::Folder).unwrap();
    assert_eq!(folder.mails, Some(1));

    let wrong = check(&desk, None, imap(server.plain, Some("wrong"), "INBOX")).await;
    assert_eq!(failure(&wrong), (CheckStep::SignIn, CheckFault::SignIn));
    let nowhere = check(&desk, None, imap(server.plain, Some("secret"), "Nowhere")).await;
    assert_eq!(failure(&nowhere), (CheckStep::Folder, CheckFault::Refused));
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let nobody = check(&desk, None, imap(port, Some("secret"), "INBOX")).await;
    assert_eq!(failure(&nobody), (CheckStep::Connect, CheckFault::Closed));
    for checks in [wrong, nowhere, nobody] {
        assert_eq!(
            checks.0.last().unwrap().state,
            CheckState::Passed,
            "sending is tried all the same"
        );
    }
}

#[tokio::test]
async fn what_is_saved_is_checked_with_what_is_in_the_form() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    let saved = check(&desk, Some(mailbox.id), Settings::default()).await;
    assert_eq!(saved.result(), CheckResult::Passed);
    let changed = check(&desk, Some(mailbox.id), imap(server.plain, None, "Nowhere")).await;
    assert_eq!(failure(&changed), (CheckStep::Folder, CheckFault::Refused));
    assert_eq!(
        desk.mailbox_now(mailbox.id).await.imap_folder,
        "INBOX",
        "nothing was saved"
    );

    // The saved password is not handed to another server.
    let elsewhere = imap(server.plain + 1, None, "INBOX");
    let refused = mailbox_test::start(&desk.app, &desk.caller, Some(mailbox.id), elsewhere.clone()).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    let refused = app::mailbox::change(&desk.app, &desk.caller, mailbox.id, mailbox.version, elsewhere).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn a_mailbox_that_is_posted_to_is_checked_for_sending() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await;
    let checks = check(&desk, Some(mailbox.id), Settings::default()).await;
    assert_eq!(checks.0.len(), 1);
    assert_eq!(checks.result(), CheckResult::Passed);
}
