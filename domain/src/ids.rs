//! Identifiers: UUIDv7 newtypes, so that one entity's id cannot be passed for another's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident;)*) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id; ids made later sort after ids made earlier.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

id! {
    /// A person with an account.
    UserId;
    /// A ticket.
    TicketId;
    /// A message or note of a ticket.
    MessageId;
    /// A stored file of a message or mail.
    AttachmentId;
    /// An incoming mail as fetched or posted.
    MailId;
    /// A mailbox that receives mail.
    MailboxId;
    /// One outgoing mail to one recipient.
    OutgoingMailId;
    /// A support group.
    GroupId;
}
