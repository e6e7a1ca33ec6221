//! Taking mail over from a mailbox, many at a time.

use std::collections::{HashMap, HashSet};

use app::{
    App, AppError,
    mail::{Arrival, arrive, arrive_together, recognise},
};
use bytes::Bytes;
use domain::{
    mail::{limits::MailLimits, words::StartPoint},
    words::WordSet,
};
use integrations::mail::{
    imap::{After, ImapError, MailHead, MailSource, MailboxState},
    parse::{ParseOptions, parse},
};
use store::{
    mail::{self, Fingerprint, SourceUid},
    mailbox::{self, Mailbox},
};

use super::{
    batches::{Refusals, batches, longest},
    mail_in::own_message_id,
};

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
pub(crate) async fn fetch_new(app: &App, source: &mut impl MailSource, mailbox: &Mailbox) -> Result<(), FetchError> {
    let state = source.select().await?;
    let mailbox = numbering(app, source, mailbox.clone(), state).await?;
    let next = u32::try_from(mailbox.last_uid + 1).unwrap_or(u32::MAX);
    let heads = source.list_from(next).await?;
    take_all(app, source, &mailbox, &heads).await?;
    mailbox::polled(&mut *app.conn().await?, mailbox.id, None, app.now()).await?;
    Ok(())
}

/// The mailbox with the numbering that its folder has now: its first one, the one it had, or a new one.
async fn numbering(
    app: &App,
    source: &mut impl MailSource,
    mailbox: Mailbox,
    state: MailboxState,
) -> Result<Mailbox, FetchError> {
    let uidvalidity = i64::from(state.uidvalidity);
    let next = state.uid_next.map(i64::from);
    if mailbox.generation == 0 && mailbox.uidvalidity.is_none() {
        let newest = next.map_or(0, |next| next - 1);
        let (last, start_at) = match (StartPoint::parse(&mailbox.start_point), mailbox.start_at) {
            (Some(StartPoint::Now), _) => (newest, Some(app.now())),
            (Some(StartPoint::Recent), Some(since)) => {
                let first = source.uids_since(since).await?.first().copied();
                (first.map_or(newest, |uid| i64::from(uid) - 1), Some(since))
            }
            _ => (0, None),
        };
        let mut conn = app.conn().await?;
        mailbox::begin(&mut conn, mailbox.id, uidvalidity, last, start_at).await?;
    } else if mailbox.uidvalidity != Some(uidvalidity) || next.is_some_and(|next| next <= mailbox.last_uid) {
        // The second is a server that forgets its UIDs without saying so.
        tracing::warn!(mailbox = %mailbox.address, uidvalidity, "the server numbers its mails anew; comparing them");
        mailbox::renumber(&mut *app.conn().await?, mailbox.id, mailbox.generation, uidvalidity).await?;
    } else {
        return Ok(mailbox);
    }
    Ok(mailbox::find(&mut *app.conn().await?, mailbox.id).await?)
}

/// Takes mails, in their order; a mail that the server refuses to hand over stays there and does not hold up those behind it.
///
/// # Errors
/// The first refusal as well, once the others are taken. A mail left behind is found by the next comparison of the mailbox.
pub(super) async fn take_all(
    app: &App,
    source: &mut impl MailSource,
    mailbox: &Mailbox,
    heads: &[MailHead],
) -> Result<(), FetchError> {
    let alone = to_look_at(app, mailbox, heads).await?;
    let mut refusals = Refusals::default();
    for batch in batches(heads, &alone) {
        match batch {
            [head] => refusals.note(head.uid, take(app, source, mailbox, *head).await)?,
            heads => take_batch(app, source, mailbox, heads, &mut refusals).await?,
        }
    }
    refusals.first.map_or(Ok(()), |error| Err(error.into()))
}

/// UIDs of mails that may be known from an earlier numbering, or that lay there before the mailbox began.
async fn to_look_at(app: &App, mailbox: &Mailbox, heads: &[MailHead]) -> Result<HashSet<u32>, FetchError> {
    if mailbox.generation == 0 || heads.is_empty() {
        return Ok(HashSet::new());
    }
    let sizes: Vec<i64> = heads.iter().map(|head| head.size.into()).collect();
    let known = mail::known_sizes(&mut *app.conn().await?, mailbox.id, mailbox.generation, &sizes).await?;
    let known: HashSet<i64> = known.into_iter().collect();
    let closer = |head: &&MailHead| known.contains(&head.size.into()) || came_before(mailbox, head);
    Ok(heads.iter().filter(closer).map(|head| head.uid).collect())
}

/// It was there before the mailbox began.
fn came_before(mailbox: &Mailbox, head: &MailHead) -> bool {
    mailbox
        .start_at
        .is_some_and(|start| head.internal_date.is_some_and(|at| at < start))
}

/// One download, one transaction and one mark for all of them. A mail that did not come whole is taken alone, after those
/// before it: nothing above a mail without a record is committed unless the server refused that mail.
async fn take_batch(
    app: &App,
    source: &mut impl MailSource,
    mailbox: &Mailbox,
    heads: &[MailHead],
    refusals: &mut Refusals,
) -> Result<(), FetchError> {
    let uids: Vec<u32> = heads.iter().map(|head| head.uid).collect();
    let expected = longest(heads);
    // One byte more than may be there tells whether the server knew the sizes.
    let mut found = match source.fetch_many(&uids, expected.saturating_add(1)).await {
        // It cannot read one of them; alone, each of them tells.
        Err(ImapError::Refused(_)) => HashMap::new(),
        other => other?,
    };
    let mut whole = Vec::with_capacity(heads.len());
    for head in heads {
        match found.remove(&head.uid).filter(|raw| raw.len() <= expected as usize) {
            Some(raw) => whole.push((*head, raw)),
            None => {
                let before = std::mem::take(&mut whole);
                hand_over(app, source, mailbox, before, refusals).await?;
                refusals.note(head.uid, take(app, source, mailbox, *head).await)?;
            }
        }
    }
    hand_over(app, source, mailbox, whole, refusals).await
}

async fn hand_over(
    app: &App,
    source: &mut impl MailSource,
    mailbox: &Mailbox,
    mails: Vec<(MailHead, Bytes)>,
    refusals: &mut Refusals,
) -> Result<(), FetchError> {
    let uids: Vec<u32> = mails.iter().map(|(head, _)| head.uid).collect();
    let Some(first) = uids.first().copied() else {
        return Ok(());
    };
    let arrivals = mails.into_iter().map(|(head, raw)| Arrival {
        mailbox_id: mailbox.id,
        uid: Some(place_of(mailbox, head)),
        event_id: None,
        internal_date: head.internal_date,
        raw,
        full_size: None,
    });
    arrive_together(app, arrivals.collect()).await?;
    refusals.note(first, source.mark(&uids, &After::Seen).await.map_err(FetchError::from))
}

const fn place_of(mailbox: &Mailbox, head: MailHead) -> SourceUid {
    SourceUid {
        generation: mailbox.generation,
        uidvalidity: match mailbox.uidvalidity {
            Some(uidvalidity) => uidvalidity,
            None => 0,
        },
        uid: head.uid as i64,
    }
}

/// Takes one mail, unless it is one that was taken under an earlier numbering.
async fn take(app: &App, source: &mut impl MailSource, mailbox: &Mailbox, head: MailHead) -> Result<(), FetchError> {
    match transfer(app, source, mailbox, head).await {
        Ok(()) => Ok(source.mark(&[head.uid], &After::Seen).await?),
        // Somebody deleted it between listing and fetching.
        Err(FetchError::Imap(ImapError::Gone(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn transfer(
    app: &App,
    source: &mut impl MailSource,
    mailbox: &Mailbox,
    head: MailHead,
) -> Result<(), FetchError> {
    let place = place_of(mailbox, head);
    let renumbered = mailbox.generation > 0;
    if renumbered && came_before(mailbox, &head) {
        return Ok(mailbox::advance(&mut *app.conn().await?, mailbox.id, place).await?);
    }
    let may_be_known = to_look_at(app, mailbox, &[head]).await?.contains(&head.uid);
    if may_be_known && known_by_header(app, source, mailbox, place, head).await? {
        return Ok(());
    }
    let (raw, full_size) = download(source, head).await?;
    if may_be_known {
        let sha256 = app.blobs.put(raw.clone()).await?;
        let size = full_size.unwrap_or(head.size.into());
        if recognise(app, mailbox.id, place, size, Fingerprint::Content(&sha256)).await? {
            return Ok(());
        }
    }
    let arrival = Arrival {
        mailbox_id: mailbox.id,
        uid: Some(place),
        event_id: None,
        internal_date: head.internal_date,
        raw,
        full_size,
    };
    arrive(app, arrival).await?;
    Ok(())
}

/// Whether the mail is known by its Message-ID, its size and the server's date.
async fn known_by_header(
    app: &App,
    source: &mut impl MailSource,
    mailbox: &Mailbox,
    place: SourceUid,
    head: MailHead,
) -> Result<bool, FetchError> {
    let Some(internal_date) = head.internal_date else {
        return Ok(false);
    };
    let most = u32::try_from(MailLimits::default().header).unwrap_or(u32::MAX);
    let header = source.fetch_header(head.uid, most).await?;
    let parsed = tokio::task::spawn_blocking(move || parse(&header, &ParseOptions::default()))
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let Some(message_id) = own_message_id(&parsed) else {
        return Ok(false);
    };
    let fingerprint = Fingerprint::Header {
        message_id: &message_id,
        internal_date,
    };
    Ok(recognise(app, mailbox.id, place, head.size.into(), fingerprint).await?)
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
