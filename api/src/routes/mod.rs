//! The routes, one module for each part of the API.

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

pub mod access;
pub mod account;
pub mod api_tokens;
pub mod audit;
pub mod auth;
pub mod customers;
pub mod events;
pub mod health;
pub mod jwks;
pub mod kyc;
pub mod mailbox_tests;
pub mod mailboxes;
pub mod mails;
pub mod me;
pub mod oidc_providers;
pub mod queues;
pub mod saved_views;
pub mod security;
pub mod sms;
pub mod tickets;
pub mod uploads;

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
        .merge(security::routes())
        .merge(sms::routes())
        .merge(events::routes())
        .merge(tickets::routes())
        .merge(uploads::routes())
        .merge(mails::routes())
        .merge(mailboxes::routes())
        .merge(mailbox_tests::routes())
        .merge(oidc_providers::routes())
        .merge(queues::routes())
        .merge(customers::routes())
        .merge(saved_views::routes())
        .merge(kyc::routes())
}
