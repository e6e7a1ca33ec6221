//! What a dead worker left behind is brought to its end.

use store::abandoned::{Work, among};

use domain::file::Verdict;

use crate::{App, AppError, automation, customer::import, mail, privacy, tag, ticket, upload, webhook};

/// Rows of one kind in one look; the next one goes on.
const MOST: i64 = 500;

/// Ends work whose job is over without having ended it, and begins anew what has to be done all the same. Returns how much. One that
/// cannot be ended keeps no other.
///
/// # Errors
/// When the database is away; what was ended stays so.
pub async fn give_up(app: &App) -> Result<usize, AppError> {
    let mut ended = import::give_up_abandoned(app).await?;
    for work in Work::ALL {
        let left = among(&mut *app.conn().await?, work, MOST).await?;
        for id in left {
            let done = match work {
                Work::Export => privacy::export::give_up(app, id).await,
                Work::Erasure => privacy::erasure::resume(app, id).await,
                Work::Bulk => ticket::give_up_bulk(app, id).await,
                Work::Run => automation::give_up(app, id).await,
                Work::Delivery => webhook::abandon(app, id).await,
                Work::Print => ticket::print::give_up(app, id).await,
                Work::Check => upload::judge(app, id, &Verdict::None).await,
                Work::Mail | Work::AccountMail => mail::give_up(app, id).await,
                Work::TicketExport => ticket::scheduled::give_up(app, id).await,
                Work::Pictures => ticket::pictures::finish(app, id).await,
                Work::Tag => tag::resume_move(app, id).await,
            };
            match done {
                Ok(()) => ended += 1,
                Err(error) => tracing::error!(%error, ?work, %id, "what was left behind could not be ended"),
            }
        }
    }
    Ok(ended)
}
