//! One module for each queue, one function for each kind.

pub mod maintenance;
