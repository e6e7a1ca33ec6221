//! Checking the settings of a mailbox at its servers, step by step.

use std::time::Duration;

use app::{
    AppError,
    mailbox_test::{self, Connection},
};
use domain::{
    mail::{
        check::{CheckFault, CheckStep, Checks},
        words::TlsMode,
    },
    words::WordSet,
};
use integrations::mail::{
    imap::{ImapConfig, ImapError, ImapSource, MailSource},
    smtp::Refusal,
};
use jobs::{Outcome, TestMailbox};
use uuid::Uuid;

use super::{Surroundings, outcome_of, source::tls};
use crate::JobContext;

/// Longest time for one command: somebody waits for the result.
const PATIENCE: Duration = Duration::from_secs(15);

/// Makes one check.
pub async fn run(with: &Surroundings, _: JobContext, job: TestMailbox) -> Outcome {
    match attempt(with, job.test_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

async fn attempt(with: &Surroundings, id: Uuid) -> Result<(), AppError> {
    let Some(pending) = mailbox_test::pending(&with.app, id).await? else {
        return Ok(());
    };
    let mut checks = pending.checks;
    if let Some((connection, password)) = pending.connection {
        fetching(with, id, &mut checks, connection, password).await?;
    }
    checks.begin(CheckStep::Send);
    mailbox_test::record(&with.app, id, &checks).await?;
    match with.transport.check().await {
        Ok(()) => checks.pass(CheckStep::Send, None),
        Err(refusal) => {
            tracing::info!(test = %id, code = refusal.code, text = refusal.text, "the server for outgoing mail does not work");
            // Without a code it is our own words, which the fault translates.
            let said = Some(refusal.text.as_str()).filter(|text| refusal.code != 0 && !text.is_empty());
            checks.fail(CheckStep::Send, send_fault(&refusal), said);
        }
    }
    mailbox_test::record(&with.app, id, &checks).await
}

async fn fetching(
    with: &Surroundings,
    id: Uuid,
    checks: &mut Checks,
    connection: Connection,
    password: String,
) -> Result<(), AppError> {
    let config = ImapConfig {
        tls: tls(TlsMode::parse(&connection.tls)),
        host: connection.host,
        port: connection.port,
        ca_file: with.imap_ca.clone(),
        user: connection.username,
        password,
        folder: connection.folder,
        timeout: PATIENCE,
    };
    checks.begin(CheckStep::Connect);
    mailbox_test::record(&with.app, id, checks).await?;
    let mut source = match ImapSource::connect(&config).await {
        Ok(source) => source,
        Err(error) => {
            let step = if matches!(error, ImapError::Login(_)) {
                checks.pass(CheckStep::Connect, None);
                CheckStep::SignIn
            } else {
                CheckStep::Connect
            };
            tracing::info!(test = %id, %error, "the server of a mailbox does not work");
            checks.fail(step, fault(&error), said(&error));
            return Ok(());
        }
    };
    checks.pass(CheckStep::Connect, None);
    checks.pass(CheckStep::SignIn, None);
    checks.begin(CheckStep::Folder);
    mailbox_test::record(&with.app, id, checks).await?;
    match source.select().await {
        Ok(state) => checks.pass(CheckStep::Folder, Some(state.exists)),
        Err(error) => {
            tracing::info!(test = %id, %error, "the folder of a mailbox does not work");
            checks.fail(CheckStep::Folder, fault(&error), said(&error));
        }
    }
    // What was to be learnt is known; a server that does not say goodbye changes nothing about it.
    let _ = source.logout().await;
    Ok(())
}

fn fault(error: &ImapError) -> CheckFault {
    match error {
        ImapError::Settings(text) => CheckFault::on_the_way(text, CheckFault::Settings),
        ImapError::Login(_) => CheckFault::SignIn,
        ImapError::Refused(_) | ImapError::Gone(_) => CheckFault::Refused,
        ImapError::Connection(text) => CheckFault::on_the_way(text, CheckFault::Unreachable),
        ImapError::TimedOut(_) => CheckFault::TimedOut,
    }
}

/// What the server itself said.
fn said(error: &ImapError) -> Option<&str> {
    match error {
        ImapError::Login(text) | ImapError::Refused(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        ImapError::Settings(_) | ImapError::Connection(_) | ImapError::TimedOut(_) | ImapError::Gone(_) => None,
    }
}

fn send_fault(refusal: &Refusal) -> CheckFault {
    match refusal.code {
        0 => CheckFault::on_the_way(&refusal.text, CheckFault::Unreachable),
        530 | 534 | 535 | 538 => CheckFault::SignIn,
        _ => CheckFault::Refused,
    }
}
