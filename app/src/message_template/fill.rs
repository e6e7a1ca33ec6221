//! Filling messages in. Words that an installation wrote were tried before they were kept; should they fail all the same, because a
//! release changed what may stand in the message, what the message comes with goes out, and staff is told.

use domain::{
    locale::Locale,
    message::{Filled, Message, Source, Values},
};
use store::{PgConn, message_template as rows};

use crate::{App, AppError};

/// The words of a message, read once for many readers.
#[derive(Debug)]
pub(crate) struct Words {
    message: Message,
    own: Vec<rows::Words>,
}

impl Words {
    /// Those of this message.
    pub(crate) async fn of(conn: &mut PgConn, message: Message) -> Result<Self, AppError> {
        let own = rows::words(conn, message.as_str()).await?;
        Ok(Self { message, own })
    }

    /// Fills them in.
    pub(crate) async fn fill(
        &self,
        app: &App,
        conn: &mut PgConn,
        locale: Locale,
        values: &Values,
    ) -> Result<Filled, AppError> {
        let spec = self.message.spec();
        let Some(own) = self.own.iter().find(|own| own.locale == locale.as_str()) else {
            return Ok(spec.usual(locale, values));
        };
        let source = Source {
            subject: &own.subject,
            body: &own.body,
        };
        match spec.fill(source, values) {
            Ok(filled) => Ok(filled),
            Err(flaws) => {
                let why: Vec<String> = flaws.iter().map(ToString::to_string).collect();
                failed(app, conn, self.message, locale, &why.join("; ")).await?;
                Ok(spec.usual(locale, values))
            }
        }
    }
}

/// Tells once that words cannot be filled in; changing them ends that.
async fn failed(app: &App, conn: &mut PgConn, message: Message, locale: Locale, why: &str) -> Result<(), AppError> {
    let at = (message.as_str(), locale.as_str());
    tracing::error!(
        message = at.0,
        locale = at.1,
        why,
        "a template cannot be filled in: the default is sent"
    );
    Ok(rows::failed(conn, at, why, app.now()).await?)
}

/// Fills one message in.
pub(crate) async fn fill(
    app: &App,
    conn: &mut PgConn,
    message: Message,
    locale: Locale,
    values: &Values,
) -> Result<Filled, AppError> {
    Words::of(conn, message).await?.fill(app, conn, locale, values).await
}

/// Fills one message in, outside of every transaction.
///
/// # Errors
/// When the database is away.
pub async fn written(app: &App, message: Message, locale: Locale, values: &Values) -> Result<Filled, AppError> {
    fill(app, &mut *app.conn().await?, message, locale, values).await
}
