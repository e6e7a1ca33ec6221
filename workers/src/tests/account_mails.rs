//! What becomes of mail about accounts is known as of any other, and what it says is not.

use app::account::letter;
use domain::account::notice::AccountNotice;
use integrations::mail::smtp::{Refusal, SendOutcome};
use jobs::{NewJob, SendAccountMail};

use super::desk::Desk;

async fn welcome(desk: &Desk) {
    let job = SendAccountMail::notice(desk.caller.user_id, AccountNotice::Welcome);
    desk.enqueue(&[NewJob::of(&job)]).await;
    desk.run().await;
}

async fn rows(desk: &Desk) -> Vec<String> {
    desk.db
        .texts(
            "SELECT concat_ws(' ', recipient, state, length(body_text), attempts) FROM outgoing_mails
             WHERE kind = 'account' ORDER BY id",
        )
        .await
}

#[tokio::test]
async fn a_mail_about_an_account_has_its_row_without_what_it_says() {
    let desk = Desk::new().await;
    welcome(&desk).await;
    assert_eq!(rows(&desk).await, ["admin@desk.test sent 0 1"]);
    assert_eq!(desk.outbox().len(), 1);
    let same =
        "SELECT count(*)::text FROM outgoing_mails o JOIN jobs j ON j.id = o.id AND j.kind = 'send_account_mail'";
    assert_eq!(desk.db.texts(same).await, ["1"]);
    let mail = SendAccountMail::notice(desk.caller.user_id, AccountNotice::Welcome);
    let said = letter::letter(&desk.app, &mail);
    let subject = letter::written(&desk.app, &said.await.unwrap().unwrap())
        .await
        .unwrap()
        .subject;
    let kept = desk
        .db
        .texts("SELECT subject FROM outgoing_mails WHERE kind = 'account'")
        .await;
    assert_eq!(kept, [subject]);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_silenced_by_it_as_by_any_mail() {
    let desk = Desk::new().await;
    desk.sent.answer(SendOutcome::Permanent(Refusal {
        code: 550,
        enhanced: "5.1.1".to_owned(),
        text: "5.1.1 no such user".to_owned(),
        of_recipient: true,
    }));
    welcome(&desk).await;
    assert_eq!(rows(&desk).await, ["admin@desk.test failed 0 1"]);
    assert_eq!(
        desk.db.texts("SELECT address || ' ' || reason FROM suppressions").await,
        ["admin@desk.test bounce"]
    );
    welcome(&desk).await;
    assert_eq!(
        rows(&desk).await,
        ["admin@desk.test failed 0 1", "admin@desk.test suppressed 0 0"]
    );
    assert_eq!(desk.outbox().len(), 1, "nothing more was tried");
}

#[tokio::test]
async fn who_complained_gets_what_is_about_his_account_all_the_same() {
    let desk = Desk::new().await;
    desk.db
        .execute(
            "INSERT INTO suppressions (address, reason, created_at) VALUES ('admin@desk.test', 'complaint', now())",
        )
        .await;
    welcome(&desk).await;
    assert_eq!(rows(&desk).await, ["admin@desk.test sent 0 1"]);
}

#[tokio::test]
async fn one_whose_job_ended_without_a_word_does_not_wait_for_ever() {
    let desk = Desk::new().await;
    welcome(&desk).await;
    desk.db
        .execute("UPDATE outgoing_mails SET state = 'queued' WHERE kind = 'account'")
        .await;
    assert_eq!(app::abandoned::give_up(&desk.app).await.unwrap(), 1);
    assert_eq!(rows(&desk).await, ["admin@desk.test failed 0 2"]);
}
