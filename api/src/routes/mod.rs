//! The routes, one module for each part of the API.

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// Words of the API that are those of a rule.
macro_rules! own_words {
    ($(#[$doc:meta])* $name:ident of $own:ty { $($(#[$say:meta])* $word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$say])* $word),+ }

        impl From<$name> for $own {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word),+ }
            }
        }

        impl From<$own> for $name {
            fn from(word: $own) -> Self {
                match word { $(<$own>::$word => Self::$word),+ }
            }
        }
    };
}

pub mod access;
pub mod account;
pub mod api_tokens;
pub mod audit;
pub mod auth;
pub mod automation;
pub mod calendar;
pub mod canned_replies;
pub mod custom_events;
pub mod customers;
pub mod events;
pub mod groups;
pub mod health;
pub mod help;
pub mod jwks;
pub mod knowledge;
pub mod kyc;
pub mod mailbox_tests;
pub mod mailboxes;
pub mod mails;
pub mod me;
pub mod message_templates;
pub mod notifications;
pub mod oidc_providers;
mod personal_data;
mod personal_erasures;
mod personal_exports;
pub mod projects;
pub mod queues;
pub mod reminders;
pub mod saved_views;
pub mod security;
pub mod sla;
pub mod sms;
pub mod spam_rules;
pub mod statistics;
pub mod system_health;
pub mod tags;
pub mod tickets;
pub mod uploads;
pub mod webhooks;

/// Every documented route.
pub fn all() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(health::routes())
        .merge(auth::routes())
        .merge(jwks::routes())
        .merge(account::routes())
        .merge(me::routes())
        .merge(access::routes())
        .merge(api_tokens::routes())
        .merge(audit::routes())
        .merge(personal_data::routes())
        .merge(personal_erasures::routes())
        .merge(personal_exports::routes())
        .merge(security::routes())
        .merge(sms::routes())
        .merge(events::routes())
        .merge(custom_events::routes())
        .merge(tickets::routes())
        .merge(uploads::routes())
        .merge(mails::routes())
        .merge(mailboxes::routes())
        .merge(mailbox_tests::routes())
        .merge(spam_rules::routes())
        .merge(message_templates::routes())
        .merge(notifications::routes())
        .merge(oidc_providers::routes())
        .merge(queues::routes())
        .merge(customers::routes())
        .merge(projects::routes())
        .merge(reminders::routes())
        .merge(calendar::routes())
        .merge(saved_views::routes())
        .merge(kyc::routes())
        .merge(sla::routes())
        .merge(webhooks::routes())
        .merge(automation::routes())
        .merge(canned_replies::routes())
        .merge(statistics::routes())
        .merge(system_health::routes())
        .merge(help::routes())
        .merge(knowledge::routes())
        .merge(tags::routes())
        .merge(groups::routes())
}
