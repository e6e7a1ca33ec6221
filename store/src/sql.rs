//! Hand-written SQL whose prepared statement is cached.
//!
//! `diesel::sql_query` prepares its statement anew each time, which doubles the round trips of a hot query. This does the
//! same job but keeps the statement: the text is fixed at compile time, so the cache stays small.

use diesel::{
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    serialize::ToSql,
    sql_types::{HasSqlType, Untyped},
};

/// A statement whose commit does not wait for the disk: claims, renewals, signs of life, kept answers. Only for what a crash of
/// the database server may take back without harm; `docs/JOBS.md` says why it is none. What ends work must not use it.
/// The setting holds for the transaction alone; the statement must read `unflushed`, or PostgreSQL leaves it out.
macro_rules! unflushed {
    ($statement:literal) => {
        concat!(
            "WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)) ",
            $statement
        )
    };
}

/// A text as a pattern of `LIKE` that stands for nothing but itself: the signs `LIKE` reads are letters in what people type.
#[must_use]
pub(crate) fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A value for one placeholder.
trait Bind: Send + Sync {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

struct Typed<ST, T> {
    value: T,
    sql_type: std::marker::PhantomData<fn() -> ST>,
}

impl<ST, T> Bind for Typed<ST, T>
where
    Pg: HasSqlType<ST>,
    T: ToSql<ST, Pg> + Send + Sync,
{
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param(&self.value)
    }
}

/// A statement with its values. Placeholders are written `$1`, `$2` … and may repeat.
pub struct Statement<'a> {
    text: &'static str,
    binds: Vec<Box<dyn Bind + 'a>>,
}

impl std::fmt::Debug for Statement<'_> {
    /// Shows the text only: values may be personal or secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement")
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// A statement with this text.
#[must_use]
pub fn sql<'a>(text: &'static str) -> Statement<'a> {
    Statement {
        text,
        binds: Vec::new(),
    }
}

impl<'a> Statement<'a> {
    /// The value of the next placeholder, with its SQL type.
    #[must_use]
    pub fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: 'static,
        Pg: HasSqlType<ST>,
        T: ToSql<ST, Pg> + Send + Sync + 'a,
    {
        self.binds.push(Box::new(Typed::<ST, T> {
            value,
            sql_type: std::marker::PhantomData,
        }));
        self
    }
}

impl QueryFragment<Pg> for Statement<'_> {
    /// Emits the text piece by piece, giving each occurrence of `$n` a parameter of its own.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = self.text;
        while let Some(at) = rest.find('$') {
            let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let bind = rest[at + 1..at + 1 + digits]
                .parse::<usize>()
                .ok()
                .and_then(|n| self.binds.get(n.wrapping_sub(1)));
            if let Some(bind) = bind {
                out.push_sql(&rest[..at]);
                bind.push(&mut out)?;
            } else {
                out.push_sql(&rest[..=at + digits]);
            }
            rest = &rest[at + 1 + digits..];
        }
        out.push_sql(rest);
        Ok(())
    }
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}
