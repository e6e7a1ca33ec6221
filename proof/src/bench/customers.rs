//! How long a search among many customers takes: exact, by beginnings of words, with mistakes, in three languages.

use std::time::Instant;

use anyhow::ensure;
use serde_json::json;
use store::{
    customer::{self, Filter, Sort},
    scope::Scope,
};

use super::Mark;
use crate::{
    servers::{Servers, write_report},
    watch::Watch,
};

/// Names as they are in Algeria, drawn the same way each time.
const FILL: &str = "
    INSERT INTO customers (id, kind, status, name, first_name, last_name, company_name, email, phone, nif, source, status_at,
            created_at, updated_at)
        SELECT gen_random_uuid(), CASE WHEN corporate THEN 'corporate' ELSE 'individual' END,
            (ARRAY['pending', 'active', 'active', 'active', 'suspended', 'inactive'])[1 + n % 6],
            CASE WHEN corporate THEN company ELSE first || ' ' || last END, first, last, CASE WHEN corporate THEN company END,
            'customer.' || n || '@' || (ARRAY['gmail.com', 'yahoo.fr', 'djaweb.dz'])[1 + n % 3],
            '+2135' || lpad((n * 7919::bigint % 100000000)::text, 8, '0'),
            CASE WHEN corporate THEN lpad((n::bigint * 1000003)::text, 15, '0') END, 'import', at, at, at
        FROM (SELECT n, n % 3 = 0 AS corporate, now() - n * interval '5 minutes' AS at,
            (ARRAY['Amel', 'Karim', 'Lina', 'Mohamed', 'Étienne', 'Sofiane', 'Yasmine', 'Rachid', 'Nadia', 'أحمد', 'نور', 'Hélène'])
                [1 + n / 3 % 12] AS first,
            (ARRAY['Benali', 'Boumediene', 'Cherif', 'Haddad', 'Mansouri', 'Saïdi', 'Bouzid', 'Khelifi', 'بن علي', 'خليفة', 'Lefèvre'])
                [1 + n / 36 % 11] || ' ' || chr(65 + n % 26) || chr(97 + n / 26 % 26) || chr(97 + n / 676 % 26) AS last,
            (ARRAY['SARL', 'EURL', 'SPA'])[1 + n % 3] || ' '
                || (ARRAY['Atlas', 'Sahara', 'Numidia', 'Hoggar', 'Casbah', 'Djurdjura', 'Tassili'])[1 + n / 3 % 7] || ' '
                || (ARRAY['Informatique', 'Transport', 'Conseil', 'Bâtiment', 'Pharma', 'Énergie'])[1 + n / 21 % 6] || ' ' || n AS company
            FROM generate_series(1, $count) n) drawn";

/// What people type: common and rare, whole and cut, right and wrong.
const QUERIES: &[&str] = &[
    "benali",
    "mohamed",
    "etienne lefevre",
    "atlas transport",
    "boumedine rachd",
    "numdia transprt",
    "mohamd",
    "أحمد",
    "احمد بن على",
    "customer.4711@gmail.com",
    "0000000",
    "10042",
    "sarl",
    "a",
    "xqzw plumberg",
    "saidi karim ab",
    "550",
];
/// Times each query is asked.
const ROUNDS: usize = 20;

/// Milliseconds within which 99 of 100 searches end.
const TARGET: f64 = 50.0;

/// How to measure searches among customers.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Number of customers
    #[arg(long, default_value_t = 100_000)]
    count: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { count: 100_000 }
    }
}

impl Options {
    pub fn quick() -> Self {
        Self { count: 20_000 }
    }
}

/// Fills a database with customers and measures lists and searches.
///
/// # Errors
/// When a server does not start, or a search for something common finds nothing.
pub async fn run(Options { count }: Options) -> anyhow::Result<Vec<Mark>> {
    let servers = Servers::start().await?;
    store::migrate(servers.database_url()).await?;
    let mut watch = Watch::new(servers.database_url().to_owned());
    watch.execute(&FILL.replace("$count", &count.to_string())).await?;
    watch.execute("VACUUM (ANALYZE) customers").await?;
    let pool = store::connect(servers.database_url(), 2)?;
    let mut conn = pool.get().await?;
    let mut all = Vec::new();
    let mut each = serde_json::Map::new();
    for query in QUERIES {
        let mut times = Vec::with_capacity(ROUNDS);
        let mut found = 0;
        for _ in 0..ROUNDS {
            let began = Instant::now();
            found = customer::search(&mut conn, Scope::everything(), &Filter::default(), query, 0, 51)
                .await?
                .len();
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        ensure!(found > 0 || query.starts_with('x'), "`{query}` finds nothing");
        times.sort_by(f64::total_cmp);
        each.insert(
            (*query).to_owned(),
            json!({ "found": found, "p50_ms": at(&times, 50), "max_ms": at(&times, 100) }),
        );
        all.extend(times);
    }
    all.sort_by(f64::total_cmp);
    let began = Instant::now();
    for _ in 0..ROUNDS {
        customer::list(&mut conn, Scope::everything(), &Filter::default(), Sort::Name, None, 51).await?;
    }
    let list = began.elapsed().as_secs_f64() * 1000.0 / ROUNDS as f64;
    let report = json!({
        "customers": count, "searches": all.len(), "p50_ms": at(&all, 50), "p95_ms": at(&all, 95), "p99_ms": at(&all, 99),
        "first_page_by_name_ms": (list * 100.0).round() / 100.0, "each": each,
    });
    println!("{report:#}");
    write_report("customers", &report)?;
    Ok(vec![Mark::at_most(
        format!("search among {count} customers, p99"),
        at(&all, 99),
        TARGET,
        "ms",
    )])
}

/// The percentile of sorted times, to a hundredth.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |ms| (ms * 100.0).round() / 100.0)
}
