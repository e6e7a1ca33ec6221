//! How many statements the database is asked for one piece of work: each is a round trip.

use std::{collections::BTreeMap, future::Future, time::Duration};

use crate::watch::Watch;

/// Characters of a statement that are shown.
const SHOWN: usize = 110;

/// The statement that a line of PostgreSQL's log begins.
fn begun(line: &str) -> Option<&str> {
    let (how, statement) = line.split_once("LOG:  ")?.1.split_once(": ")?;
    (how == "statement" || how.starts_with("execute ")).then_some(statement)
}

/// Statements by how often they are in the log, most frequent first.
fn count(log: &str) -> Vec<(String, u64)> {
    let mut all: Vec<String> = Vec::new();
    let mut inside = false;
    for line in log.lines() {
        if let Some(statement) = begun(line) {
            all.push(statement.to_owned());
            inside = true;
        } else if let (true, Some(rest), Some(last)) = (inside, line.strip_prefix('\t'), all.last_mut()) {
            last.push(' ');
            last.push_str(rest);
        } else {
            inside = false;
        }
    }
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for statement in all {
        let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        *found.entry(words.chars().take(SHOWN).collect()).or_default() += 1;
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    found
}

async fn log_all(watch: &mut Watch, on: bool) -> anyhow::Result<()> {
    let setting = if on { "'all'" } else { "'none'" };
    watch
        .execute(&format!("ALTER SYSTEM SET log_statement = {setting}"))
        .await?;
    watch.execute("SELECT pg_reload_conf()").await?;
    // Sessions take the new setting over before their next statement.
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok(())
}

/// Statements while `work` runs, with their number. The work should be some hundred pieces: what runs beside it counts as well.
pub async fn during<F>(watch: &mut Watch, log: &std::path::Path, work: F) -> anyhow::Result<Vec<(String, u64)>>
where
    F: Future<Output = anyhow::Result<()>>,
{
    log_all(watch, true).await?;
    let from = std::fs::metadata(log)?.len();
    let result = work.await;
    let text = std::fs::read(log)?;
    log_all(watch, false).await?;
    result?;
    let text = text.get(usize::try_from(from)?..).unwrap_or_default();
    Ok(count(&String::from_utf8_lossy(text)))
}

/// The report of `pieces` pieces of work: how many statements for each, and which.
pub fn report(found: &[(String, u64)], pieces: u64) -> serde_json::Value {
    let per_piece = |n: u64| (n as f64 / pieces.max(1) as f64 * 100.0).round() / 100.0;
    let all: u64 = found.iter().map(|(_, n)| n).sum();
    let which: BTreeMap<&str, f64> = found
        .iter()
        .map(|(statement, n)| (statement.as_str(), per_piece(*n)))
        .filter(|(_, n)| *n >= 0.05)
        .collect();
    serde_json::json!({ "each": per_piece(all), "which": which })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_counted_and_other_lines_are_not() {
        let log = "2026-11-21 07:00:00 UTC [1] LOG:  execute s1: SELECT a\n\tFROM b\n\
                   2026-11-21 07:00:00 UTC [1] DETAIL:  parameters: $1 = 'LOG:  x: y'\n\
                   2026-11-21 07:00:00 UTC [1] LOG:  statement: BEGIN\n\
                   2026-11-21 07:00:00 UTC [1] LOG:  statement: BEGIN\n\
                   2026-11-21 07:00:00 UTC [1] LOG:  checkpoint starting: time\n";
        assert_eq!(count(log), [("BEGIN".to_owned(), 2), ("SELECT a FROM b".to_owned(), 1)]);
    }
}
