//! What statistics count: facts of tickets, and the numbers that are made of them.

mod facts;
mod report;

pub use facts::{
    ClockRow, MoveRow, RatedRow, ReplyRow, TicketRow, backfill_from, backfilled, clocks, moves, ratings, replies,
    tickets, write,
};
pub use report::{
    BY_AGENT, BY_GROUP, Behind, Day, Numbers, Scope, TOTALS, behind, days, grown_since, numbers, standing,
};
