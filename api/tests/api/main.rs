//! The API over a real database, request by request.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: what fails here is a failed test"
)]

mod accounts;
mod api_tokens;
mod audience;
mod audit;
mod canned_replies;
mod categories;
mod claims;
mod client;
mod contract;
mod conventions;
mod customer_files;
mod customer_lists;
mod customers;
mod dangerous;
mod desk;
mod drafts;
mod edge;
mod expiry;
mod factors;
mod groups;
mod guessing;
mod hostile;
mod idempotency;
mod imports;
mod invitations;
mod knowledge;
mod kyc;
mod live;
mod mail;
mod master_key;
mod matrix;
mod mentions;
mod message_templates;
mod network;
mod networks;
mod notifications;
mod oidc;
mod once;
mod out_of_use;
mod oversight;
mod passkeys;
mod personal_data;
mod personal_erasures;
mod personal_exports;
mod presence;
mod project_tickets;
mod projects;
mod rate_limits;
mod reminders;
mod renewal;
mod roles;
mod scheduled_exports;
mod sign_in;
mod signing_keys;
mod sla;
mod sms;
mod statistics;
mod survey;
mod tags;
mod takeover;
mod ticket_bulk;
mod ticket_export;
mod ticket_filters;
mod ticket_links;
mod ticket_prints;
mod ticket_search;
mod trace;
mod users;
mod views;
mod wall;
mod webhooks;
