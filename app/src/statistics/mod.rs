//! Statistics of tickets: what is counted is written down as it happens ([`gather`]), and read for a period ([`report`]).

mod gather;
mod report;

pub use gather::gather;
pub use report::{Period, Report, Times, behind, report};
