//! The scheduler: offers due jobs to workers, takes back what dead workers held, enqueues what the clock says. Any number may
//! run; a lease in the database lets one at a time work, and all it does is safe to do twice.

mod cron;
mod dispatcher;
mod housekeeping;
mod leader;
mod offers;

pub use leader::run;
