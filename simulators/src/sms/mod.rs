//! Providers of text messages. What they would send to phones is listed at `/` and, as JSON, at `/sent`; `PUT /fault` makes them
//! misbehave.

mod book;
mod infobip;
mod page;
mod twilio;

use std::{io, net::SocketAddr, sync::Arc};

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

pub use book::{Book, Fault, SentText};

/// Which provider is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Twilio.
    Twilio,
    /// Infobip.
    Infobip,
}

/// What the account is called and what opens it.
#[derive(Clone)]
pub struct Account {
    /// Account SID of Twilio; not asked for by Infobip.
    pub id: String,
    /// Auth token or API key.
    pub secret: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A provider that runs until it is dropped.
#[derive(Debug)]
pub struct SmsSimulator {
    address: SocketAddr,
    book: Arc<Book>,
    server: JoinHandle<()>,
}

impl SmsSimulator {
    /// Starts one at this address; port 0 is any free one.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start(provider: Provider, address: SocketAddr, account: Account) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let book = Arc::new(Book::new(account));
        let api: Router<Arc<Book>> = match provider {
            Provider::Twilio => twilio::routes(),
            Provider::Infobip => infobip::routes(),
        };
        let router = api.merge(page::routes()).with_state(book.clone());
        let server = tokio::spawn(async move {
            // Whoever wanted it notices by the missing answers.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, book, server })
    }

    /// Its address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was sent, and how it misbehaves.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }
}

impl Drop for SmsSimulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Segments that a text is charged as (GSM 03.38 or UCS-2).
fn segments(text: &str) -> usize {
    let gsm = |c: char| (c.is_ascii() && c != '`') || "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€".contains(c);
    let extended = |c: char| "^{}\\[~]|€".contains(c);
    let (length, single, part) = if text.chars().all(gsm) {
        (
            text.chars().map(|c| 1 + usize::from(extended(c))).sum::<usize>(),
            160,
            153,
        )
    } else {
        (text.encode_utf16().count(), 70, 67)
    };
    if length <= single { 1 } else { length.div_ceil(part) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_counted_as_networks_count_them() {
        let cases = [
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 307, 3),
            ("é", 160, 1),
            ("€", 80, 1),
            ("€", 81, 2),
            ("ع", 70, 1),
            ("ع", 71, 2),
        ];
        for (text, times, segments) in cases {
            assert_eq!(super::segments(&text.repeat(times)), segments, "{times} × {text}");
        }
    }
}
