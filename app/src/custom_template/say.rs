//! What added templates say of a ticket.

use domain::{
    canned::Facts,
    locale::Locale,
    message::{Channel, Filled, Values, custom::Purpose},
    permission::Permission,
};
use store::{
    PgConn, canned, custom_template as rows,
    ticket::{self, Ticket},
};
use uuid::Uuid;

use super::Template;
use crate::{App, AppError, Caller, Tx};

/// A template on a ticket.
#[derive(Debug)]
pub struct Offer {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Languages it has words in.
    pub locales: Vec<Locale>,
    /// The language it speaks here.
    pub locale: Locale,
    /// What it says; none when it cannot be filled in.
    pub text: Option<String>,
    /// The same as Markdown, in which the values format nothing.
    pub markdown: Option<String>,
}

/// What may be said of a ticket, and the language of its requester.
async fn values(app: &App, conn: &mut PgConn, ticket: &Ticket, agent: &str) -> Result<(Values, Locale), AppError> {
    let summary = &ticket.summary;
    let of = canned::addressee(conn, summary.requester_user_id, ticket.customer_id).await?;
    let facts = Facts {
        number: summary.number,
        subject: &summary.subject,
        opened_at: summary.created_at,
        url: format!("{}/t/{}", app.identity.public_url, summary.id),
        requester_name: &summary.requester_name,
        requester_email: &summary.requester_email,
        customer_name: of.customer_name.as_deref(),
        customer_number: of.customer_number,
        agent_name: agent,
        group_name: &summary.group_name,
        now: app.now(),
    };
    let tag = of.locale.as_deref().unwrap_or(&ticket.locale);
    Ok((facts.values(), Locale::from_tag(tag).unwrap_or_default()))
}

/// Those for customers, filled in for a ticket, in the language asked for or else the requester's.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn offered(app: &App, caller: &Caller, id: Uuid, locale: Option<Locale>) -> Result<Vec<Offer>, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsReply)?;
    let mut conn = app.conn().await?;
    let ticket = ticket::find(&mut conn, id, None).await?;
    let (values, own) = values(app, &mut conn, &ticket, &caller.actor.name).await?;
    let all = rows::all(&mut conn, Some(Purpose::Customers.as_str())).await?;
    let wanted = locale.unwrap_or(own);
    let mut offers = Vec::with_capacity(all.len());
    for row in all {
        let found = Template::read(row)?;
        let Some((locale, words)) = found.texts.choose(wanted) else {
            continue;
        };
        let filled = found.purpose.fill(found.channel, words, &values).ok();
        offers.push(Offer {
            locales: found.texts.each().map(|(locale, _)| locale).collect(),
            locale,
            text: filled.map(|filled| filled.body),
            markdown: found.purpose.markdown(words, &values).ok(),
            id: found.row.id,
            name: found.row.name,
        });
    }
    Ok(offers)
}

/// What a rule answers with a template, in the requester's language and without what he wrote himself; none when it cannot be said.
pub(crate) async fn answer(
    app: &App,
    tx: &mut Tx,
    template: Uuid,
    ticket: &Ticket,
    rule: &str,
) -> Result<Option<String>, AppError> {
    let found = match rows::find(tx.conn()?, template).await {
        Ok(row) => Template::read(row)?,
        Err(store::StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (values, locale) = values(app, tx.conn()?, ticket, rule).await?;
    let Some((_, words)) = found.texts.choose(locale) else {
        return Ok(None);
    };
    Ok(
        match found.purpose.fill(found.channel, words, &Purpose::unsaid(values)) {
            Ok(filled) => Some(filled.body),
            Err(flaws) => {
                tracing::error!(template = %found.row.id, ?flaws, "a template cannot be filled in: nothing is answered");
                None
            }
        },
    )
}

/// The words in which a rule tells staff, where it has some of its own.
#[derive(Debug, Default)]
pub(crate) struct Own {
    mail: Option<Template>,
    sms: Option<Template>,
    values: Values,
}

impl Own {
    /// Those of these templates, for a ticket.
    pub(crate) async fn of(
        app: &App,
        tx: &mut Tx,
        (mail, sms): (Option<Uuid>, Option<Uuid>),
        ticket: &Ticket,
        rule: &str,
    ) -> Result<Self, AppError> {
        let ids: Vec<Uuid> = mail.into_iter().chain(sms).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let mut own = Self::default();
        for row in rows::keep(tx.conn()?, &ids).await? {
            let found = Template::read(row)?;
            match found.channel {
                Channel::Mail => own.mail = Some(found),
                Channel::Sms => own.sms = Some(found),
            }
        }
        own.values = values(app, tx.conn()?, ticket, rule).await?.0;
        own.values.insert("rule.name", rule.to_owned());
        Ok(own)
    }

    /// What it says in the centre and by mail.
    pub(crate) fn mail(&self, locale: Locale) -> Option<Filled> {
        self.filled(self.mail.as_ref(), locale)
    }

    /// What it says by text message.
    pub(crate) fn sms(&self, locale: Locale) -> Option<String> {
        self.filled(self.sms.as_ref(), locale).map(|filled| filled.body)
    }

    fn filled(&self, template: Option<&Template>, locale: Locale) -> Option<Filled> {
        let template = template?;
        let (_, words) = template.texts.choose(locale)?;
        match template.purpose.fill(template.channel, words, &self.values) {
            Ok(filled) => Some(filled),
            Err(flaws) => {
                tracing::error!(template = %template.row.id, ?flaws, "a template cannot be filled in: the default is sent");
                None
            }
        }
    }
}
