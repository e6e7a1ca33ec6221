//! The requests of a load.

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::connection::{Connection, Outgoing};
use crate::{bench::data, fault::Random};

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Work {
    /// Reads one of these at a time, chosen at random.
    Read(Vec<Target>),
    /// Opens tickets for known customers.
    CreateTickets {
        /// Makes keys and subjects of this run unlike those of any other.
        run: String,
        /// How many customers there are.
        customers: usize,
    },
    /// Hands in mails.
    PostMails {
        /// Makes senders and Message-IDs of this run unlike those of any other.
        run: String,
    },
    /// Signs people in with their password, as nobody's second factor.
    SignIn {
        /// Their addresses.
        people: Vec<String>,
        /// The password of all of them.
        password: String,
    },
}

/// Something to read, and what a right answer holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Target {
    /// Path and query.
    pub path: String,
    /// A piece of the body.
    pub holds: String,
}

impl Work {
    /// Does piece `n`. `Err` tells what was wrong with the answer.
    pub async fn once(&self, connection: &mut Connection, n: u64, random: &mut Random) -> Result<(), String> {
        match self {
            Self::Read(targets) => {
                let target = targets.get(random.below(targets.len())).ok_or("nothing to read")?;
                let body = expect(connection, Outgoing::get(&target.path), StatusCode::OK).await?;
                if holds(&body, target.holds.as_bytes()) {
                    Ok(())
                } else {
                    Err("another body than expected".to_owned())
                }
            }
            Self::CreateTickets { run, customers } => {
                let key = format!("{run}-{n}");
                let body = ticket(&key, random.below(*customers), random.below(4));
                let outgoing = Outgoing {
                    method: Method::POST,
                    path: "/api/v1/tickets",
                    headers: &[("content-type", "application/json"), ("idempotency-key", &key)],
                    body,
                };
                expect(connection, outgoing, StatusCode::CREATED).await.map(drop)
            }
            Self::PostMails { run } => {
                let outgoing = Outgoing {
                    method: Method::POST,
                    path: "/api/v1/mail/inbound",
                    headers: &[("content-type", "message/rfc822")],
                    body: mail(run, n),
                };
                expect(connection, outgoing, StatusCode::ACCEPTED).await.map(drop)
            }
            Self::SignIn { people, password } => {
                // One after the other: two at once for one account would wait for each other.
                let at = usize::try_from(n).unwrap_or_default() % people.len().max(1);
                let email = people.get(at).ok_or("nobody to sign in")?;
                let body = serde_json::json!({ "email": email, "password": password });
                let outgoing = Outgoing {
                    method: Method::POST,
                    path: "/api/v1/auth/login",
                    headers: &[("content-type", "application/json")],
                    body: Bytes::from(body.to_string()),
                };
                let body = expect(connection, outgoing, StatusCode::OK).await?;
                if holds(&body, b"\"access_token\"") {
                    Ok(())
                } else {
                    Err("no session".to_owned())
                }
            }
        }
    }
}

async fn expect(connection: &mut Connection, outgoing: Outgoing<'_>, wanted: StatusCode) -> Result<Bytes, String> {
    let (status, body) = connection
        .send(outgoing)
        .await
        .map_err(|error| format!("no answer: {error}"))?;
    if status == wanted {
        Ok(body)
    } else {
        Err(format!("{status}: {}", String::from_utf8_lossy(&body)))
    }
}

fn holds(body: &[u8], piece: &[u8]) -> bool {
    body.windows(piece.len().max(1)).any(|window| window == piece)
}

/// A ticket of 600 bytes that an agent opens for a customer.
fn ticket(key: &str, customer: usize, priority: usize) -> Bytes {
    let line = "The virtual server does not answer on its public address since this morning. ";
    let priority = ["low", "medium", "high", "urgent"].get(priority);
    let body = serde_json::json!({
        "subject": format!("Server does not answer ({key})"),
        "body": line.repeat(6),
        "priority": priority,
        "requester": { "email": data::customer(customer), "name": "A customer" },
    });
    Bytes::from(body.to_string())
}

/// A mail of 5 KB in plain text and HTML, as mail programs send it. Each has its own sender: one who sends many is quarantined.
pub fn mail(run: &str, n: u64) -> Bytes {
    let text = "A line of the customer's description, about as long as such lines are.\r\n".repeat(26);
    let html = "<p style=\"color:#222;margin:0\">A line of <b>words</b> and a <a href=\"https://example.org/x?a=1&amp;b=2\">link</a></p>\r\n".repeat(20);
    Bytes::from(format!(
        "Return-Path: <{run}-{n}@example.org>\r\nDelivered-To: support@cloudmanager.test\r\n\
         Received: from mail.example.org by mx.cloudmanager.test with ESMTPS; Sat, 21 Nov 2026 09:00:01 +0000\r\n\
         Authentication-Results: cloudmanager.test; spf=pass; dkim=pass; dmarc=pass header.from=example.org\r\n\
         From: =?utf-8?q?Ad=C3=A9?= Lovelace <{run}-{n}@example.org>\r\nTo: Support <support@cloudmanager.test>\r\n\
         Subject: =?utf-8?q?Serveur_arr=C3=AAt=C3=A9?= {n}\r\nMessage-ID: <{run}.{n}@example.org>\r\n\
         Date: Sat, 21 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=B\r\n\r\n\
         --B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMail {n} of {run}.\r\n\r\n{text}\r\n\
         --B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Mail {n} of {run}.</p>{html}\r\n--B--\r\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_five_kilobytes_and_is_unlike_any_other() {
        let first = mail("a", 1);
        assert!((4_500..5_500).contains(&first.len()), "{}", first.len());
        assert_ne!(first, mail("a", 2));
        assert_ne!(first, mail("b", 1));
    }

    #[test]
    fn a_piece_is_found_where_it_is() {
        assert!(holds(b"abc", b"bc"));
        assert!(!holds(b"abc", b"bd"));
        assert!(!holds(b"", b"b"));
    }
}
