//! How tickets come.

use crate::words::words;

words! {
    /// The way a ticket came.
    Source as "TicketSource" {
        /// By mail.
        Mail = "mail",
        /// Its customer opened it on the web.
        Client = "client",
        /// An agent opened it.
        Agent = "agent",
        /// A program opened it.
        Api = "api",
    }
}
