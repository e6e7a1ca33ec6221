//! What a mail about an account is to say, decided when it is sent.

use std::collections::BTreeMap;

use domain::{
    account::{
        notice::AccountNotice,
        times::{self, LinkPurpose},
    },
    customer::MemberRole,
    locale::Locale,
    message::{Filled, Message, Source, words},
};
use jobs::SendAccountMail;
use store::{StoreError, invitation, mailed_link, user};
use uuid::Uuid;

use super::links;
use crate::{App, AppError, message_template};

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Open this to do what was asked for.
    Link {
        /// What it is for.
        purpose: LinkPurpose,
        /// Address of the page, token included.
        url: String,
        /// Minutes it is good.
        minutes: i64,
    },
    /// Act for a customer.
    Invitation(Invited),
    /// Somebody wanted an account with an address that has one.
    AccountExists,
    /// A notice.
    Notice {
        /// Of what.
        notice: AccountNotice,
        /// Facts.
        facts: BTreeMap<String, String>,
    },
    /// Words that are tried out, with examples.
    Trial {
        /// What they are words of.
        message: Message,
        /// Subject.
        subject: String,
        /// Text.
        body: String,
    },
    /// What is said already.
    Written(Filled),
}

/// An invitation to act for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Name of the customer.
    pub customer: String,
    /// Who invites.
    pub by: String,
    /// Role.
    pub role: MemberRole,
    /// Address of the page, token included.
    pub url: String,
    /// Days it is good.
    pub days: i64,
}

/// A mail about an account.
#[derive(Debug)]
pub struct AccountLetter {
    /// Where it goes.
    pub to: String,
    /// Name of the person; empty when only the address is known, for nobody has proven it to be his.
    pub name: String,
    /// Language.
    pub locale: Locale,
    /// What it says.
    pub content: Content,
}

/// The mail of a job, whether or not its address gets mail; `None` when there is nothing to send.
///
/// # Errors
/// When the database is away.
pub async fn letter(app: &App, job: &SendAccountMail) -> Result<Option<AccountLetter>, AppError> {
    match job {
        SendAccountMail::Link { link_id } => of_link(app, *link_id).await,
        SendAccountMail::Invitation {
            invitation_id,
            secret_id,
        } => of_invitation(app, *invitation_id, *secret_id).await,
        SendAccountMail::Notice {
            user_id,
            notice,
            email,
            facts,
        } => {
            let user = user::by_id(&mut *app.conn().await?, *user_id).await?;
            let content = Content::Notice {
                notice: *notice,
                facts: facts.clone(),
            };
            Ok(Some(AccountLetter {
                to: email.clone().unwrap_or(user.email),
                name: user.name,
                locale: Locale::from_tag(&user.locale).unwrap_or_default(),
                content,
            }))
        }
        SendAccountMail::Trial {
            user_id,
            message,
            locale,
            subject,
            body,
        } => {
            let user = user::by_id(&mut *app.conn().await?, *user_id).await?;
            let content = Content::Trial {
                message: *message,
                subject: subject.clone(),
                body: body.clone(),
            };
            Ok(user.is_active().then_some(AccountLetter {
                to: user.email,
                name: user.name,
                locale: *locale,
                content,
            }))
        }
        SendAccountMail::Written {
            user_id,
            locale,
            subject,
            body,
        } => {
            let user = user::by_id(&mut *app.conn().await?, *user_id).await?;
            let filled = Filled {
                subject: subject.clone(),
                body: body.clone(),
            };
            Ok(user.is_active().then_some(AccountLetter {
                to: user.email,
                name: user.name,
                locale: *locale,
                content: Content::Written(filled),
            }))
        }
    }
}

/// What a mail says: subject and text.
///
/// # Errors
/// When the database is away.
pub async fn written(app: &App, letter: &AccountLetter) -> Result<Filled, AppError> {
    let (locale, home) = (letter.locale, &app.identity.public_url);
    let (message, mut values) = match &letter.content {
        Content::Link { purpose, url, minutes } => words::of_link(locale, *purpose, url, *minutes),
        Content::Invitation(invited) => words::of_invitation(
            locale,
            (&invited.by, &invited.customer),
            invited.role,
            (&invited.url, invited.days),
        ),
        Content::AccountExists => words::of_taken(home),
        Content::Notice { notice, facts } => words::of_notice(locale, home, *notice, |name| {
            facts.get(name).cloned().unwrap_or_default()
        }),
        Content::Written(filled) => return Ok(filled.clone()),
        Content::Trial { message, subject, body } => return tried(locale, *message, Source { subject, body }),
    };
    values.extend(words::of_person(&letter.name));
    message_template::written(app, message, locale, &values).await
}

/// Words with examples, marked as a trial.
fn tried(locale: Locale, message: Message, source: Source<'_>) -> Result<Filled, AppError> {
    let spec = message.spec();
    let filled = spec
        .fill(source, &spec.samples())
        .map_err(|_| AppError::refused("template_failed", "these words cannot be filled in any more"))?;
    Ok(Filled {
        subject: format!("{} {}", message_template::mark(locale), filled.subject),
        body: filled.body,
    })
}

async fn of_invitation(app: &App, id: Uuid, secret: Uuid) -> Result<Option<AccountLetter>, AppError> {
    let mut conn = app.conn().await?;
    let found = invitation::find(&mut conn, id).await?;
    // Sent again since, with another link; or nothing to accept any more.
    if found.secret_id != secret || !found.is_open(app.now()) {
        return Ok(None);
    }
    let token_hash = invitation::token_hash(&mut conn, id).await?;
    // Who has an account reads his own language; nobody else is told whether there is one.
    let holder = user::by_email(&mut conn, &found.email).await?;
    let locale = holder
        .as_ref()
        .map_or(found.locale.as_str(), |user| user.locale.as_str());
    let role = found
        .role
        .parse()
        .map_err(|error: domain::customer::member::UnknownRole| AppError::Internal(error.to_string()))?;
    Ok(Some(AccountLetter {
        to: found.email,
        name: String::new(),
        locale: Locale::from_tag(locale).unwrap_or_default(),
        content: Content::Invitation(Invited {
            customer: found.customer_name,
            by: found.invited_by_name,
            role,
            url: format!(
                "{}/join#token={}",
                app.identity.public_url,
                links::token_of(app, secret, &token_hash)?
            ),
            days: times::INVITATION.num_days(),
        }),
    }))
}

async fn of_link(app: &App, id: Uuid) -> Result<Option<AccountLetter>, AppError> {
    let mut tx = app.begin().await?;
    let link = mailed_link::find(tx.conn()?, id).await?;
    if link.used_at.is_some() || link.expires_at <= app.now() {
        return Ok(None);
    }
    let holder = user::by_email(tx.conn()?, &link.email).await?;
    let purpose = match link.purpose.as_str() {
        "verify" => LinkPurpose::Verify,
        "magic" => LinkPurpose::Magic,
        "reset" => LinkPurpose::Reset,
        "invite" => LinkPurpose::Invite,
        "email_change" => LinkPurpose::EmailChange,
        other => return Err(StoreError::Corrupt(format!("purpose of a link: {other}")).into()),
    };
    let taken = holder.is_some() && matches!(purpose, LinkPurpose::Verify | LinkPurpose::EmailChange);
    let (mut name, mut locale) = (String::new(), Locale::from_tag(&link.locale).unwrap_or_default());
    match (purpose, holder) {
        (LinkPurpose::Magic | LinkPurpose::Reset, Some(user)) if user.is_active() => {
            mailed_link::bind_user(tx.conn()?, link.id, user.id).await?;
            locale = Locale::from_tag(&user.locale).unwrap_or(locale);
            name = user.name;
        }
        // No account, nothing to open, and nothing to say to somebody who did not ask.
        (LinkPurpose::Magic | LinkPurpose::Reset, _) => return Ok(None),
        _ => {}
    }
    tx.commit().await?;
    let content = if taken {
        Content::AccountExists
    } else {
        Content::Link {
            purpose,
            url: format!(
                "{}/{}#token={}",
                app.identity.public_url,
                purpose.page(),
                links::token_of(app, link.id, &link.token_hash)?
            ),
            minutes: purpose.life().num_minutes(),
        }
    };
    Ok(Some(AccountLetter {
        to: link.email,
        name,
        locale,
        content,
    }))
}
