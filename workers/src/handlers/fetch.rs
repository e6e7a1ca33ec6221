//! Taking mail over from a mailbox, one by one.

use app::{
    App, AppError,
    mail::{Arrival, arrive},
};
use bytes::Bytes;
use domain::mail::limits::MailLimits;
use integrations::mail::imap::{After, ImapError, MailHead, MailSource};
use store::mailbox;
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<store::StoreError> for FetchError {
    fn from(error: store::StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Takes what is new. A mail is marked only after it is committed here; whatever happens before, it is taken again and known.
pub(crate) async fn fetch_new(app: &App, source: &mut impl MailSource, id: Uuid) -> Result<(), FetchError> {
    let mailbox = mailbox::find(&mut *app.conn().await?, id).await?;
    let state = source.select().await?;
    let uidvalidity = i64::from(state.uidvalidity);
    let mut last = if mailbox.uidvalidity == Some(uidvalidity) {
        mailbox.last_uid
    } else {
        0
    };
    if mailbox.uidvalidity.is_none() && mailbox.start_point == "now" {
        last = state.uid_next.map_or(0, |next| i64::from(next) - 1);
        mailbox::begin(&mut *app.conn().await?, id, uidvalidity, last, app.now()).await?;
    }
    let heads = source.list_from(u32::try_from(last + 1).unwrap_or(u32::MAX)).await?;
    for head in heads {
        take(app, source, id, uidvalidity, head).await?;
    }
    mailbox::polled(&mut *app.conn().await?, id, None, app.now()).await?;
    Ok(())
}

/// Takes one mail.
pub(super) async fn take(
    app: &App,
    source: &mut impl MailSource,
    mailbox_id: Uuid,
    uidvalidity: i64,
    head: MailHead,
) -> Result<(), FetchError> {
    let (raw, full_size) = match download(source, head).await {
        Ok(found) => found,
        // Somebody deleted it between listing and fetching.
        Err(ImapError::Gone(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let arrival = Arrival {
        mailbox_id,
        uid: Some((uidvalidity, i64::from(head.uid))),
        event_id: None,
        internal_date: head.internal_date,
        raw,
        full_size,
    };
    arrive(app, arrival).await?;
    source.mark(head.uid, &After::Seen).await?;
    Ok(())
}

/// A mail, or the header section and the size of one above the limit, of which no more is asked for.
async fn download(source: &mut impl MailSource, head: MailHead) -> Result<(Bytes, Option<u64>), ImapError> {
    let limits = MailLimits::default();
    let most = u32::try_from(limits.message).unwrap_or(u32::MAX);
    if head.size > most {
        let header = u32::try_from(limits.header).unwrap_or(u32::MAX);
        let raw = source.fetch_header(head.uid, header).await?;
        return Ok((raw, Some(head.size.into())));
    }
    // One byte more than may be there tells whether the server knew the size.
    let raw = source.fetch(head.uid, most.saturating_add(1)).await?;
    if raw.len() <= limits.message {
        return Ok((raw, None));
    }
    let header = Bytes::copy_from_slice(limits.header_of(&raw));
    let at_least = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    Ok((header, Some(at_least)))
}
