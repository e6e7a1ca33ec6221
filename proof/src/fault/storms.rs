//! Mail storms: two installations that write to each other, and a machine that answers everything without saying that it is one.
//! Real mails through a real exchanger; they must fall silent by themselves.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use hyper::Method;
use lettre::{
    Address, SmtpTransport, Transport,
    address::Envelope,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use serde::Serialize;
use serde_json::json;
use testkit::MailServers;

use crate::{
    bench::load::Outgoing,
    fleet::Process,
    product::{AGENT, Product, ask},
};

/// Deliveries of one storm, at most.
const LIMIT: usize = 20;
/// Nothing was delivered for so long: it is over.
const SILENCE: Duration = Duration::from_secs(12);
/// Longest time until it is over.
const PATIENCE: Duration = Duration::from_secs(120);

const FIRST: &str = "help@cloudmanager.test";
const SECOND: &str = "help@second.test";
const MACHINE: &str = "machine@answers.test";

/// How the machine answers.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum Manner {
    /// As a mail program does: with the ids of what it answers.
    Threaded,
    /// As a new mail, with nothing of what it answers.
    Fresh,
    /// To the address in `From`, whatever `Reply-To` says, quoting all.
    Quoting,
}

/// One storm.
#[derive(Debug, Clone, Serialize)]
pub struct Storm {
    manner: Manner,
    /// Mails that reached somebody, after the first mail and after an agent's answer.
    deliveries: [usize; 2],
    tickets: i64,
}

/// Storms in `count` manners of answering; fails when one does not settle.
pub async fn run(count: usize) -> anyhow::Result<Vec<Storm>> {
    let mut storms = Vec::new();
    for manner in [Manner::Threaded, Manner::Fresh, Manner::Quoting]
        .into_iter()
        .take(count)
    {
        let storm = storm(manner).await?;
        println!(
            "mail storm, {manner:?}: {:?} deliveries, {} tickets",
            storm.deliveries, storm.tickets
        );
        storms.push(storm);
    }
    Ok(storms)
}

/// An installation with its mailbox.
struct Side {
    product: Product,
    _processes: [Process; 3],
}

impl Side {
    async fn start(servers: &MailServers, address: &str, user: &str) -> anyhow::Result<Self> {
        let mut product = Product::prepare(None).await?;
        let ca = servers.ca_file().display().to_string();
        let (_, domain) = address.split_once('@').context("an address")?;
        let smtp = format!("smtp://product:secret@localhost:{}?tls=required", servers.smtp);
        for (name, value) in [
            ("CM_SMTP_URL", smtp),
            ("CM_SMTP_CA", ca.clone()),
            ("CM_IMAP_CA", ca),
            ("CM_MAIL_DOMAIN", domain.to_owned()),
        ] {
            product.set(name, value);
        }
        product.imap_mailbox(address, user, servers.imap).await?;
        let processes = [
            product.api().await?,
            product.start(&["scheduler"])?,
            product.start(&["worker"])?,
        ];
        Ok(Self {
            product,
            _processes: processes,
        })
    }

    async fn tickets(&mut self) -> anyhow::Result<i64> {
        self.product.watch.count("SELECT count(*) FROM tickets").await
    }

    /// An agent answers the machine's ticket, and so all who take part in it.
    async fn answer(&mut self) -> anyhow::Result<()> {
        let query = "SELECT id::text FROM tickets WHERE requester_email = $1 ORDER BY number LIMIT 1";
        let row = self.product.watch.client().await?.query_one(query, &[&MACHINE]).await?;
        let id: String = row.get(0);
        let token = self.product.sign_in(AGENT).await?;
        let outgoing = Outgoing {
            method: Method::POST,
            path: &format!("/api/v1/tickets/{id}/messages"),
            headers: &[("content-type", "application/json")],
            body: Bytes::from(json!({ "kind": "reply", "body": "We look into it." }).to_string()),
        };
        ask(self.product.address, Some(&token), outgoing).await.map(drop)
    }
}

/// Answers every mail it gets, once, from a mail program's point of view.
struct Machine {
    smtp: SmtpTransport,
    manner: Manner,
    seen: HashSet<String>,
    sent: usize,
}

impl Machine {
    fn new(servers: &MailServers, manner: Manner) -> anyhow::Result<Self> {
        let authority = Certificate::from_pem(&std::fs::read(servers.ca_file())?)?;
        let tls = TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(authority)
            .build_rustls()?;
        let smtp = SmtpTransport::builder_dangerous("localhost")
            .port(servers.smtp)
            .tls(Tls::Required(tls))
            .credentials(Credentials::new("machine".to_owned(), "secret".to_owned()))
            .build();
        Ok(Self {
            smtp,
            manner,
            seen: HashSet::new(),
            sent: 0,
        })
    }

    fn send(&mut self, to: &[&str], head: &str, body: &str) -> anyhow::Result<()> {
        self.sent += 1;
        let recipients = to.iter().map(|to| to.parse()).collect::<Result<Vec<Address>, _>>()?;
        let envelope = Envelope::new(Some(MACHINE.parse()?), recipients)?;
        let raw = format!(
            "From: The machine <{MACHINE}>\r\n{head}\r\nMessage-ID: <{}@answers.test>\r\nDate: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
            uuid::Uuid::now_v7(),
            chrono::Utc::now().to_rfc2822(),
        );
        self.smtp.send_raw(&envelope, raw.as_bytes())?;
        Ok(())
    }

    /// Answers what came since.
    fn answer(&mut self, servers: &MailServers) -> anyhow::Result<()> {
        for mail in servers.received(MACHINE) {
            let id = header(&mail, "Message-ID").context("every mail of ours has a Message-ID")?;
            if !self.seen.insert(id.clone()) {
                continue;
            }
            let from = header(&mail, "From").context("a sender")?;
            let to = match self.manner {
                Manner::Quoting => from,
                Manner::Threaded | Manner::Fresh => header(&mail, "Reply-To").unwrap_or(from),
            };
            let to = bare(&to).to_owned();
            let subject = header(&mail, "Subject").unwrap_or_default();
            let head = match self.manner {
                Manner::Threaded | Manner::Quoting => {
                    format!("To: {to}\r\nSubject: Re: {subject}\r\nIn-Reply-To: {id}\r\nReferences: {id}")
                }
                Manner::Fresh => format!("To: {to}\r\nSubject: Thank you for your message {}", self.sent),
            };
            let quoted = match self.manner {
                Manner::Quoting => mail.lines().map(|line| format!("> {line}\r\n")).collect(),
                Manner::Threaded | Manner::Fresh => String::new(),
            };
            let body = format!(
                "I have got your message no. {} and will read it soon.\r\n\r\n{quoted}",
                self.sent
            );
            self.send(&[&to], &head, &body)?;
        }
        Ok(())
    }
}

/// A header's value on one line.
fn header(mail: &str, name: &str) -> Option<String> {
    let head = mail.split("\r\n\r\n").next()?.split("\n\n").next()?;
    let mut value: Option<String> = None;
    for line in head.lines() {
        match &mut value {
            Some(value) if line.starts_with([' ', '\t']) => value.push_str(line),
            Some(_) => break,
            None => {
                value = line
                    .split_once(':')
                    .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, rest)| rest.trim().to_owned());
            }
        }
    }
    value
}

/// The address alone.
fn bare(address: &str) -> &str {
    let start = address.rfind('<').map_or(0, |at| at + 1);
    address.get(start..).unwrap_or_default().trim_end_matches('>').trim()
}

async fn storm(manner: Manner) -> anyhow::Result<Storm> {
    let servers = MailServers::start(&["all@second.test", MACHINE]);
    let mut first = Side::start(&servers, FIRST, "support@cloudmanager.test").await?;
    let mut second = Side::start(&servers, SECOND, "all@second.test").await?;
    let mut machine = Machine::new(&servers, manner)?;
    // To one, and to the other as a copy: whoever answers all, answers both.
    let head = format!("To: {FIRST}\r\nCc: {SECOND}\r\nSubject: Is anybody there?");
    machine.send(&[FIRST, SECOND], &head, "Please answer.")?;
    let opening = silence(&servers, &mut machine, 2).await?;
    ensure!(
        first.tickets().await? > 0 && second.tickets().await? > 0,
        "both have the mail"
    );
    first.answer().await?;
    let all = silence(&servers, &mut machine, opening + 1).await?;
    ensure!(all < LIMIT, "{manner:?}: {all} mails");
    Ok(Storm {
        manner,
        deliveries: [opening, all],
        tickets: first.tickets().await? + second.tickets().await?,
    })
}

/// Lets the machine answer until nothing is delivered any more, and `least` mails were. Gives the deliveries so far.
async fn silence(servers: &MailServers, machine: &mut Machine, least: usize) -> anyhow::Result<usize> {
    let begun = Instant::now();
    let (mut known, mut since) = (servers.deliveries(), Instant::now());
    while known < least || since.elapsed() < SILENCE {
        ensure!(begun.elapsed() < PATIENCE, "{known} deliveries, and no end");
        machine.answer(servers)?;
        let now = servers.deliveries();
        ensure!(now < LIMIT, "{now} deliveries: a storm");
        if now != known {
            (known, since) = (now, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(known)
}
