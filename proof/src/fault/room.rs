//! A disk without room, under the database with its log and under the files: whoever wants something kept is told so and nothing of it is
//! half there, whoever reads is served, and once there is room everything goes on by itself. When not even the database's log has room, the
//! server may end; it is started again as an operator would, after room was made.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, watch},
    task::JoinSet,
};

use super::PATIENCE;
use crate::{
    bench::load::{Connection, Outgoing},
    product::{AGENT, Product},
    servers::Servers,
};

/// Size of the disk: room for an empty database, its log, and some seconds of work.
const SIZE: &str = "size=768m,mode=755";
/// Clients that open tickets, and as many that upload files.
const CLIENTS: usize = 3;
/// Times that the database is made to begin another file of its log.
const LOG_FILES: usize = 24;
/// A ticket with all that belongs to it.
const COMPLETE: &str = "SELECT count(DISTINCT t.subject) FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id
    JOIN ticket_participants p ON p.ticket_id = t.id JOIN ticket_events e ON e.ticket_id = t.id
    JOIN audit_log l ON l.subject_id = t.id JOIN jobs j ON (j.payload ->> 'ticket_id')::uuid = t.id
    WHERE t.subject LIKE 'Room ticket %'";

/// What was counted.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    tickets: usize,
    files: usize,
    /// Requests that were told that there is no room.
    refused: u64,
    /// Every other answer that was not what was asked for, by status.
    answers: BTreeMap<String, u64>,
    /// Lists and tickets that were read while there was no room.
    read: u64,
    /// The database ended for want of room in its log.
    database_ended: bool,
    /// From the room's return until a ticket was opened, the database's own recovery included.
    pub seconds_until_back: f64,
    /// Acknowledged tickets without all that belongs to them, and acknowledged files that are not what was sent.
    pub lost: i64,
    /// Tickets above one for each.
    pub doubled: i64,
}

/// A small disk of its own; taken away when dropped.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// None where this account may not mount one.
    fn mount() -> anyhow::Result<Option<Self>> {
        let folder = std::env::temp_dir().join(format!("cloudmanager-room-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(&folder)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Ok(Some(Self { folder }));
        }
        fs::remove_dir(&folder)?;
        Ok(None)
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Leaves no room at all.
    fn fill(&self) -> anyhow::Result<()> {
        let mut ballast = OpenOptions::new().create(true).append(true).open(self.ballast())?;
        for piece in [1 << 20, 1 << 16, 1 << 12] {
            let zeros = vec![0_u8; piece];
            while ballast.write_all(&zeros).is_ok() {}
        }
        Ok(())
    }

    fn make_room(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.ballast())?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let taken = Command::new("umount").arg("-l").arg(&self.folder).status();
        if !taken.is_ok_and(|status| status.success()) {
            tracing::warn!(folder = %self.folder.display(), "not unmounted");
        }
        if let Err(error) = fs::remove_dir(&self.folder) {
            tracing::warn!(%error, "not removed");
        }
    }
}

/// What the clients know.
#[derive(Debug, Default)]
struct Seen {
    tickets: Vec<String>,
    /// Id of a file and what is in it.
    files: Vec<(String, Bytes)>,
    refused: u64,
    answers: BTreeMap<String, u64>,
}

#[derive(Clone)]
struct Client {
    address: SocketAddr,
    token: String,
    seen: Arc<Mutex<Seen>>,
}

impl Client {
    async fn send(&self, outgoing: Outgoing<'_>) -> anyhow::Result<(StatusCode, Bytes)> {
        let sent = async {
            Connection::open(self.address, Some(&self.token))
                .await?
                .send(outgoing)
                .await
        };
        tokio::time::timeout(Duration::from_secs(20), sent).await?
    }

    /// Sends until it is done; returns the answer, which is empty when that was lost.
    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Bytes) -> anyhow::Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let outgoing = Outgoing {
                method: Method::POST,
                path,
                headers,
                body: body.clone(),
            };
            let sent = self.send(outgoing).await;
            if let Ok((StatusCode::CREATED, answer)) = &sent {
                return Ok(serde_json::from_slice(answer)?);
            }
            let mut seen = self.seen.lock().await;
            match sent {
                Ok((StatusCode::CONFLICT, answer)) if String::from_utf8_lossy(&answer).contains("answer_lost") => {
                    return Ok(Value::Null);
                }
                Ok((StatusCode::INSUFFICIENT_STORAGE, answer)) => {
                    let answer: Value = serde_json::from_slice(&answer)?;
                    ensure!(answer["code"] == "storage_full", "{answer}");
                    seen.refused += 1;
                }
                Ok((status, _)) => *seen.answers.entry(status.as_str().to_owned()).or_default() += 1,
                Err(_) => *seen.answers.entry("none".to_owned()).or_default() += 1,
            }
            drop(seen);
            ensure!(Instant::now() < deadline, "{path} is not answered");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn open(&self, name: &str) -> anyhow::Result<()> {
        let person = json!({ "email": format!("{name}@example.dz"), "name": "A customer" });
        let body = json!({ "subject": format!("Room ticket {name}"), "body": name, "requester": person });
        let headers = [("content-type", "application/json"), ("idempotency-key", name)];
        self.post("/api/v1/tickets", &headers, &Bytes::from(body.to_string()))
            .await?;
        self.seen.lock().await.tickets.push(name.to_owned());
        Ok(())
    }

    async fn upload(&self, name: &str) -> anyhow::Result<()> {
        let body = Bytes::from(format!("{name:>16}").repeat(16 * 1024));
        let path = format!("/api/v1/uploads?filename={name}.txt");
        let answer = self
            .post(&path, &[("content-type", "application/octet-stream")], &body)
            .await?;
        let id = answer["id"].as_str().context("the id of a file")?.to_owned();
        self.seen.lock().await.files.push((id, body));
        Ok(())
    }

    /// Tickets or files one after the other until told to stop; every one that was begun is ended.
    async fn work(self, number: usize, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        for n in 0_u64.. {
            if *stop.borrow() {
                break;
            }
            let name = format!("room-{number}-{n}");
            if number < CLIENTS {
                self.open(&name).await?;
            } else {
                self.upload(&name).await?;
            }
        }
        Ok(())
    }

    /// The status of a read.
    async fn read(&self, path: &str) -> anyhow::Result<(StatusCode, Bytes)> {
        self.send(Outgoing::get(path)).await
    }
}

/// Fills the disk for a while, then keeps even the database's log from growing, and makes room again. None where no disk can be mounted.
pub async fn run(full: Duration) -> anyhow::Result<Option<Report>> {
    let Some(disk) = Disk::mount()? else {
        println!("a disk without room: not tried, for this account may not mount one");
        return Ok(None);
    };
    let servers = Servers::start_in(disk.folder.join("servers")).await?;
    let mut product = Product::over(servers, None).await?;
    let _api = product.api().await?;
    let _scheduler = product.start(&["scheduler"])?;
    let mut worker = product.start(&["worker", "--grace", "1"])?;
    let client = Client {
        address: product.address,
        token: product.sign_in(AGENT).await?,
        seen: Arc::default(),
    };
    client.open("first").await?;
    let (stop, stopped) = watch::channel(false);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS * 2 {
        clients.spawn(client.clone().work(number, stopped.clone()));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let read = read_while_full(&disk, &client, full).await?;
    for _ in 0..LOG_FILES {
        disk.fill()?;
        let another = product.watch.execute("SELECT pg_switch_wal()");
        if !tokio::time::timeout(Duration::from_secs(5), another)
            .await
            .is_ok_and(|done| done.is_ok())
        {
            break;
        }
    }
    disk.make_room()?;
    let back = Instant::now();
    // A server that recovers by itself does so within this time; one that cannot has ended by then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let database_ended = !product.servers.postgres_runs();
    if database_ended {
        product.servers.start_postgres().await?;
    }
    client.open("last").await?;
    let seconds_until_back = back.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.send_replace(true);
    while let Some(done) = clients.join_next().await {
        done??;
    }
    ensure!(!worker.ended(), "the worker ended");
    let open = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND run_at <= now()";
    ensure!(product.watch.until_zero(open, PATIENCE).await, "jobs are left over");
    let dead = product
        .watch
        .count("SELECT count(*) FROM jobs WHERE state = 'dead'")
        .await?;
    ensure!(dead == 0, "{dead} jobs were given up for want of room");
    let report = count(&mut product, &client, (read, database_ended, seconds_until_back)).await?;
    println!(
        "a disk without room: {} tickets, {} files, {} refused, {} read meanwhile, back {:.1} s after there was room{}: lost={} doubled={}",
        report.tickets,
        report.files,
        report.refused,
        report.read,
        report.seconds_until_back,
        if report.database_ended {
            ", the database started again"
        } else {
            ""
        },
        report.lost,
        report.doubled
    );
    Ok(Some(report))
}

/// Keeps the disk full for a while and reads meanwhile; returns how often.
async fn read_while_full(disk: &Disk, client: &Client, full: Duration) -> anyhow::Result<u64> {
    disk.fill()?;
    let until = Instant::now() + full;
    let mut read = 0;
    while Instant::now() < until {
        let (status, answer) = client.read("/api/v1/tickets?limit=5").await?;
        ensure!(
            status == StatusCode::OK,
            "a list without room: {status}: {}",
            String::from_utf8_lossy(&answer)
        );
        read += 1;
        disk.fill()?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let seen = client.seen.lock().await;
    ensure!(
        seen.refused > 0,
        "nobody was told that there is no room: {:?}",
        seen.answers
    );
    Ok(read)
}

async fn count(
    product: &mut Product,
    client: &Client,
    (read, database_ended, seconds_until_back): (u64, bool, f64),
) -> anyhow::Result<Report> {
    let seen = std::mem::take(&mut *client.seen.lock().await);
    // Without room the answer is 507, while the database recovers 503 or none; nothing else is an answer to a right request.
    let wrong: Vec<&String> = seen
        .answers
        .keys()
        .filter(|status| !["503", "none", "409"].contains(&status.as_str()))
        .collect();
    ensure!(wrong.is_empty(), "wrong answers: {:?}", seen.answers);
    let mut lost = i64::try_from(seen.tickets.len())? - product.watch.count(COMPLETE).await?;
    for (id, sent) in &seen.files {
        let (status, kept) = client.read(&format!("/api/v1/attachments/{id}")).await?;
        if status != StatusCode::OK || kept != *sent {
            lost += 1;
        }
    }
    let begun = unfinished(&product.servers.folder().join("files"))?;
    ensure!(begun.is_empty(), "half files: {begun:?}");
    let all = "SELECT count(*) - count(DISTINCT subject) FROM tickets WHERE subject LIKE 'Room ticket %'";
    Ok(Report {
        tickets: seen.tickets.len(),
        files: seen.files.len(),
        refused: seen.refused,
        answers: seen.answers,
        read,
        database_ended,
        seconds_until_back,
        lost,
        doubled: product.watch.count(all).await?,
    })
}

/// Files that were begun and not ended: they are written beside their place, with a mark in their name.
fn unfinished(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(unfinished(&path)?);
        } else if path.to_string_lossy().contains('#') {
            found.push(path);
        }
    }
    Ok(found)
}
