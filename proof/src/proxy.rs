//! A TCP proxy before a server that can lose an answer: it passes a chosen message on, waits until the server has answered, and
//! cuts the connection instead of passing the answer back. The client cannot know whether its work was done.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// Pieces by which a message is recognised; any of them will do.
pub type Marks = &'static [&'static [u8]];

/// Which answers are lost. Several proxies may follow one plan: what is sent to one server decides about the answer of another.
#[derive(Debug, Default)]
pub struct Plan {
    /// What the next messages must hold, one after the other; the answer to the last of them is lost.
    steps: Mutex<VecDeque<Marks>>,
    /// Connections that were cut.
    lost: AtomicUsize,
}

impl Plan {
    /// Loses one answer more: to the message that holds the last of `steps`, after messages that hold those before it.
    pub fn lose(&self, steps: &[Marks]) {
        self.steps().extend(steps);
    }

    /// Answers that were lost so far.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    /// Is the answer to this message lost?
    fn dooms(&self, bytes: &[u8]) -> bool {
        let mut steps = self.steps();
        let before = steps.len();
        while steps
            .front()
            .is_some_and(|marks| marks.iter().any(|mark| holds(bytes, mark)))
        {
            steps.pop_front();
        }
        before > 0 && steps.is_empty()
    }

    fn steps(&self) -> std::sync::MutexGuard<'_, VecDeque<Marks>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running proxy; ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before `server`.
    pub async fn start(server: SocketAddr, plan: Arc<Plan>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server, plan.clone()));
            }
        });
        Ok(Self { address, task })
    }

    /// One before the database that `url` names, and the same database through it.
    pub async fn before_database(url: &str, plan: Arc<Plan>) -> anyhow::Result<(Self, String)> {
        let (head, tail) = url.rsplit_once('@').context("an address with a password")?;
        let (server, name) = tail.split_once('/').context("a database's name")?;
        let proxy = Self::start(server.parse()?, plan).await?;
        let url = format!("{head}@{}/{name}", proxy.address);
        Ok((proxy, url))
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(client: TcpStream, server: SocketAddr, plan: Arc<Plan>) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
    let doomed = Arc::new(AtomicBool::new(false));
    // Whichever way ends first takes both sockets with it.
    tokio::select! {
        () = forward(client_in, server_out, |bytes| {
            if plan.dooms(bytes) {
                doomed.store(true, Ordering::SeqCst);
            }
            true
        }) => {}
        () = forward(server_in, client_out, |_| {
            if doomed.load(Ordering::SeqCst) {
                plan.lost.fetch_add(1, Ordering::SeqCst);
                return false;
            }
            true
        }) => {}
    }
}

/// Passes bytes on for as long as `look` allows.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, look: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 65_536];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..n) else { return };
        if !look(bytes) || to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len().max(1)).any(|window| window == piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers each message with itself in capitals.
    async fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 100];
                    while let Ok(n @ 1..) = socket.read(&mut buffer).await {
                        socket.write_all(&buffer[..n].to_ascii_uppercase()).await.unwrap();
                    }
                });
            }
        });
        address
    }

    async fn ask(socket: &mut TcpStream, message: &[u8]) -> Option<Vec<u8>> {
        socket.write_all(message).await.unwrap();
        let mut buffer = [0; 100];
        match socket.read(&mut buffer).await {
            Ok(n @ 1..) => Some(buffer[..n].to_vec()),
            _ => None,
        }
    }

    #[tokio::test]
    async fn only_the_answer_to_a_marked_message_is_lost_and_as_often_as_asked() {
        let plan = Arc::new(Plan::default());
        let proxy = Proxy::start(server().await, plan.clone()).await.unwrap();
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        assert_eq!(ask(&mut socket, b"commit").await.unwrap(), b"COMMIT");
        plan.lose(&[&[b"commit", b"end"]]);
        assert_eq!(ask(&mut socket, b"begin").await.unwrap(), b"BEGIN");
        assert_eq!(ask(&mut socket, b"commit").await, None);
        assert_eq!(plan.lost(), 1);
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        assert_eq!(ask(&mut socket, b"commit").await.unwrap(), b"COMMIT");
    }

    #[tokio::test]
    async fn what_one_server_is_sent_decides_about_the_answer_of_another() {
        let plan = Arc::new(Plan::default());
        let mail = Proxy::start(server().await, plan.clone()).await.unwrap();
        let database = Proxy::start(server().await, plan.clone()).await.unwrap();
        let (mut fetch, mut store) = (
            TcpStream::connect(mail.address).await.unwrap(),
            TcpStream::connect(database.address).await.unwrap(),
        );
        plan.lose(&[&[b"fetch"], &[b"commit"]]);
        assert_eq!(ask(&mut store, b"commit").await.unwrap(), b"COMMIT");
        assert_eq!(ask(&mut fetch, b"fetch").await.unwrap(), b"FETCH");
        assert_eq!(ask(&mut store, b"commit").await, None);
        assert_eq!(ask(&mut fetch, b"fetch").await.unwrap(), b"FETCH");
        assert_eq!(plan.lost(), 1);
    }

    #[tokio::test]
    async fn the_address_leads_through_the_proxy() {
        let url = format!("postgres://postgres:secret@{}/postgres", server().await);
        let (proxy, through) = Proxy::before_database(&url, Arc::default()).await.unwrap();
        assert_eq!(
            through,
            format!("postgres://postgres:secret@{}/postgres", proxy.address)
        );
    }
}
