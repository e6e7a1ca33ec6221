//! Stand-ins for the services of others, with their own request and error shapes, so that the product can be tried and tested
//! without an account anywhere. They listen on this machine only.

pub mod sms;
