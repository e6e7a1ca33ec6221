//! Rules that act on tickets by themselves: the rules, their runs, and what conditions are about.

pub mod facts;
pub mod rule;
pub mod run;
