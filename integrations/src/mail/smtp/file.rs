//! Mail into a directory, one `.eml` per recipient list: what the demo "sends" can be looked at.

use std::path::PathBuf;

use async_trait::async_trait;

use super::{MailTransport, Refusal, SendOutcome, SendReport};
use crate::mail::compose::Composed;

/// Writes mails into a directory.
#[derive(Debug, Clone)]
pub struct FileTransport {
    directory: PathBuf,
}

impl FileTransport {
    /// Writes into `directory`, which is made when the first mail comes.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    async fn write(&self, mail: &Composed) -> std::io::Result<String> {
        tokio::fs::create_dir_all(&self.directory).await?;
        // The id is ours, but a file name is no place to rely on that. Sending again overwrites: same id, same mail.
        let name: String = mail
            .message_id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' })
            .take(150)
            .collect();
        let name = format!("{}.eml", name.trim_start_matches('.'));
        let path = self.directory.join(&name);
        let partial = path.with_extension("part");
        tokio::fs::write(&partial, &mail.bytes).await?;
        tokio::fs::rename(&partial, &path).await?;
        Ok(name)
    }
}

#[async_trait]
impl MailTransport for FileTransport {
    async fn send(&self, mail: &Composed) -> SendReport {
        let outcome = match self.write(mail).await {
            Ok(response) => SendOutcome::Sent { response },
            Err(error) => SendOutcome::Temporary(Refusal {
                text: error.to_string(),
                ..Refusal::default()
            }),
        };
        SendReport::all(mail, &outcome)
    }

    async fn check(&self) -> Result<(), Refusal> {
        let made = tokio::fs::create_dir_all(&self.directory).await;
        made.map_err(|error| Refusal {
            text: error.to_string(),
            ..Refusal::default()
        })
    }
}
