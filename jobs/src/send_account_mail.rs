//! Sends one mail about an account to its owner.

use std::{collections::BTreeMap, time::Duration};

use domain::{account::notice::AccountNotice, locale::Locale, message::Message};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Sends one mail about an account. A link is sent as what its row says; whether its address has an account is looked up when the
/// mail is sent, so that the request for it did not depend on that. No secret is among the arguments.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mail")]
pub enum SendAccountMail {
    /// A one-time link.
    Link {
        /// Its row.
        link_id: Uuid,
    },
    /// An invitation to act for a customer.
    Invitation {
        /// Its row.
        invitation_id: Uuid,
        /// What its link is made of; one that was sent again since has another.
        secret_id: Uuid,
    },
    /// A notice without a link that opens anything.
    Notice {
        /// Who is told.
        user_id: Uuid,
        /// Of what.
        notice: AccountNotice,
        /// Another address than the account's present one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        /// Facts for the text.
        #[serde(default)]
        facts: BTreeMap<String, String>,
    },
    /// Words that its editor tries out, with examples.
    Trial {
        /// Who tries them.
        user_id: Uuid,
        /// What they are words of.
        message: Message,
        /// Their language.
        locale: Locale,
        /// Subject.
        subject: String,
        /// Text.
        body: String,
    },
    /// Words of an added template that its editor tries out, filled in already.
    Written {
        /// Who tries them.
        user_id: Uuid,
        /// Their language.
        locale: Locale,
        /// Subject.
        subject: String,
        /// Text.
        body: String,
    },
}

impl SendAccountMail {
    /// A notice to the account's address.
    #[must_use]
    pub fn notice(user_id: Uuid, notice: AccountNotice) -> Self {
        Self::Notice {
            user_id,
            notice,
            email: None,
            facts: BTreeMap::new(),
        }
    }

    /// With a fact for the text.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Notice { facts, .. } = &mut self {
            facts.insert(name.to_owned(), value.to_owned());
        }
        self
    }

    /// To this address instead of the account's.
    #[must_use]
    pub fn to(mut self, address: &str) -> Self {
        if let Self::Notice { email, .. } = &mut self {
            *email = Some(address.to_owned());
        }
        self
    }
}

impl Job for SendAccountMail {
    const KIND: &'static str = "send_account_mail";
    const QUEUE: Queue = Queue::MailOut;
    const MAX_ATTEMPTS: u16 = 8;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        match self {
            Self::Link { link_id } => Some(link_id.to_string()),
            Self::Invitation { secret_id, .. } => Some(secret_id.to_string()),
            Self::Notice { .. } | Self::Trial { .. } | Self::Written { .. } => None,
        }
    }

    fn subject(&self) -> Option<Subject> {
        match self {
            Self::Link { link_id } => Some(Subject::new("mailed_link", *link_id)),
            Self::Invitation { invitation_id, .. } => Some(Subject::new("customer_invitation", *invitation_id)),
            Self::Notice { user_id, .. } | Self::Trial { user_id, .. } | Self::Written { user_id, .. } => {
                Some(Subject::new("user", *user_id))
            }
        }
    }
}
