//! Single sign-on: providers, whom they vouch for, and tries under way.

pub mod flow;
pub mod identity;
pub mod provider;
