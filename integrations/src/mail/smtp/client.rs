//! The SMTP client: lettre's connection, driven command by command so that each refusal is known to its recipient.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use super::{MailTransport, RecipientResult, Refusal, SendOutcome, SendReport, SmtpConfig, SmtpOptions, SmtpTls};
use crate::mail::compose::Composed;

/// A connection at rest.
struct Idle {
    connection: AsyncSmtpConnection,
    mails: u32,
    since: Instant,
}

/// Sends through an SMTP server, with a few connections kept open.
pub struct SmtpTransport {
    config: SmtpConfig,
    options: SmtpOptions,
    tls: Option<TlsParameters>,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

impl std::fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpTransport")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Connections that rested longer are not trusted: servers close them without a word.
const MAX_REST: Duration = Duration::from_secs(20);

impl SmtpTransport {
    /// A client for a server; connects when the first mail is sent.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn new(config: SmtpConfig, options: SmtpOptions) -> Result<Self, Refusal> {
        let tls = if config.tls == SmtpTls::None {
            None
        } else {
            let mut builder = TlsParameters::builder(config.host.clone());
            for pem in &options.extra_roots {
                builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|e| unreachable_server(&e))?);
            }
            Some(builder.build_rustls().map_err(|e| unreachable_server(&e))?)
        };
        let slots = Semaphore::new(options.pool_size.max(1));
        Ok(Self {
            config,
            options,
            tls,
            slots,
            idle: Mutex::new(Vec::new()),
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let hello = ClientId::Domain(self.options.hello_name.clone());
        let wait = self.options.timeout;
        let implicit = self.tls.clone().filter(|_| self.config.tls == SmtpTls::Implicit);
        let server = (self.config.host.as_str(), self.config.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(wait), &hello, implicit, None);
        let mut connection = in_time(wait, connecting).await?;
        if let (SmtpTls::Required, Some(tls)) = (self.config.tls, &self.tls) {
            in_time(wait, connection.starttls(tls.clone(), &hello)).await?;
        }
        if let Some((user, password)) = &self.config.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            in_time(
                wait,
                connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials),
            )
            .await?;
        }
        Ok(connection)
    }

    /// A rested connection that still answers.
    async fn rested(&self) -> Option<Idle> {
        loop {
            let mut idle = self.idle.lock().await.pop()?;
            let fresh = idle.since.elapsed() < MAX_REST && idle.mails < self.options.mails_per_connection;
            if fresh
                && timeout(self.options.timeout, idle.connection.test_connected())
                    .await
                    .unwrap_or(false)
            {
                return Some(idle);
            }
            let _ = timeout(Duration::from_secs(1), idle.connection.abort()).await;
        }
    }

    async fn rest(&self, connection: AsyncSmtpConnection, mails: u32) {
        let mut idle = self.idle.lock().await;
        if idle.len() < self.options.pool_size {
            idle.push(Idle {
                connection,
                mails,
                since: Instant::now(),
            });
        }
    }
}

#[async_trait]
impl MailTransport for SmtpTransport {
    async fn send(&self, mail: &Composed) -> SendReport {
        let Ok(_slot) = self.slots.acquire().await else {
            return SendReport::all(mail, &SendOutcome::Temporary(Refusal::default()));
        };
        let (mut connection, mails) = match self.rested().await {
            Some(idle) => (idle.connection, idle.mails),
            None => match self.connect().await {
                Ok(connection) => (connection, 0),
                // What a server says before it heard of a recipient is about us, even when it says "never".
                Err(refusal) => return SendReport::all(mail, &SendOutcome::Temporary(refusal)),
            },
        };
        let (report, usable) = deliver(&mut connection, mail, &self.options).await;
        if usable && !connection.has_broken() {
            self.rest(connection, mails + 1).await;
        } else {
            let _ = timeout(Duration::from_secs(1), connection.abort()).await;
        }
        report
    }

    async fn check(&self) -> Result<(), Refusal> {
        let mut connection = self.connect().await?;
        let _ = timeout(self.options.timeout, connection.quit()).await;
        Ok(())
    }
}

/// Gives one mail to a server; the flag tells whether the connection may be used again.
async fn deliver(connection: &mut AsyncSmtpConnection, mail: &Composed, options: &SmtpOptions) -> (SendReport, bool) {
    let mut parameters = Vec::new();
    if mail
        .envelope
        .to()
        .iter()
        .chain(mail.envelope.from())
        .any(|a| !AsRef::<str>::as_ref(a).is_ascii())
    {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let text = "the server takes no international addresses".to_owned();
            let refusal = Refusal {
                code: 553,
                enhanced: "5.6.7".to_owned(),
                text,
                of_recipient: false,
            };
            return (SendReport::all(mail, &SendOutcome::Permanent(refusal)), true);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let from = Mail::new(mail.envelope.from().cloned(), parameters);
    if let Err(refusal) = in_time(options.timeout, connection.command(from)).await {
        let alive = refusal.code != 0;
        return (
            SendReport::all(mail, &by_code(refusal)),
            alive && reset(connection, options).await,
        );
    }
    let mut outcomes = Vec::with_capacity(mail.envelope.to().len());
    for address in mail.envelope.to() {
        outcomes.push(recipient(connection, address, options).await);
    }
    if outcomes.iter().all(Option::is_some) {
        return (
            report(mail, outcomes, &SendOutcome::Temporary(Refusal::default())),
            reset(connection, options).await,
        );
    }
    let result = match in_time(options.timeout, connection.command(Data)).await {
        Err(refusal) => by_code(refusal),
        Ok(_) => match in_time(options.data_timeout, connection.message(&mail.bytes)).await {
            Ok(response) => SendOutcome::Sent {
                response: words(&response),
            },
            // The final dot may have arrived although its answer did not.
            Err(refusal) if refusal.code == 0 => SendOutcome::Ambiguous { text: refusal.text },
            Err(refusal) => by_code(refusal),
        },
    };
    let usable = matches!(result, SendOutcome::Sent { .. }) || reset(connection, options).await;
    (report(mail, outcomes, &result), usable)
}

/// Recipients that were refused keep their own outcome, the others share that of the message.
fn report(mail: &Composed, outcomes: Vec<Option<SendOutcome>>, shared: &SendOutcome) -> SendReport {
    let result = |(address, own): (&Address, Option<SendOutcome>)| RecipientResult {
        address: address.to_string(),
        outcome: own.unwrap_or_else(|| shared.clone()),
    };
    SendReport {
        recipients: mail.envelope.to().iter().zip(outcomes).map(result).collect(),
    }
}

/// Names a recipient; `None` = accepted so far.
async fn recipient(
    connection: &mut AsyncSmtpConnection,
    address: &Address,
    options: &SmtpOptions,
) -> Option<SendOutcome> {
    in_time(
        options.timeout,
        connection.command(Rcpt::new(address.clone(), Vec::new())),
    )
    .await
    .err()
    .map(|refusal| {
        by_code(Refusal {
            of_recipient: is_of_recipient(&refusal),
            ..refusal
        })
    })
}

/// Servers that do not let us send say so at the first recipient as well: that is no word about him.
fn is_of_recipient(refusal: &Refusal) -> bool {
    !matches!(refusal.code, 0 | 530 | 534 | 535 | 538) && !refusal.text.to_ascii_lowercase().contains("relay")
}

async fn reset(connection: &mut AsyncSmtpConnection, options: &SmtpOptions) -> bool {
    in_time(options.timeout, connection.command(Rset)).await.is_ok()
}

fn by_code(refusal: Refusal) -> SendOutcome {
    if (500..600).contains(&refusal.code) {
        SendOutcome::Permanent(refusal)
    } else {
        SendOutcome::Temporary(refusal)
    }
}

async fn in_time<T>(
    wait: Duration,
    call: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Refusal> {
    match timeout(wait, call).await {
        Ok(result) => result.map_err(|e| refusal(&e)),
        Err(_) => Err(Refusal {
            text: "no answer in time".to_owned(),
            ..Refusal::default()
        }),
    }
}

fn refusal(error: &lettre::transport::smtp::Error) -> Refusal {
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let code = error.status().map_or(0, u16::from);
    Refusal {
        code,
        enhanced: enhanced(&text),
        text: text.chars().take(1_000).collect(),
        of_recipient: false,
    }
}

fn unreachable_server(error: &lettre::transport::smtp::Error) -> Refusal {
    Refusal {
        code: 0,
        ..refusal(error)
    }
}

/// An enhanced status code at the start of the server's words.
fn enhanced(text: &str) -> String {
    let word = text
        .split(|c: char| c.is_whitespace() || c == '-')
        .next()
        .unwrap_or_default();
    let parts: Vec<&str> = word.split('.').collect();
    let digits = |p: &&str| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 3 && parts.iter().all(digits) {
        word.to_owned()
    } else {
        String::new()
    }
}

fn words(response: &Response) -> String {
    response
        .message()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(500)
        .collect()
}

#[cfg(test)]
#[path = "../smtp_tests.rs"]
mod tests;
