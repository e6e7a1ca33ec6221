//! A TCP proxy before PostgreSQL that can lose an answer: it passes a chosen message on, waits until the server has answered,
//! and cuts the connection instead of passing the answer back. The client cannot know whether its work was committed.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
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

/// What is counted between the proxy and those who drive it.
#[derive(Debug, Default)]
struct Cuts {
    /// Connections still to be cut.
    wanted: AtomicUsize,
    /// Connections that were cut.
    done: AtomicUsize,
}

/// A running proxy; ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    cuts: Arc<Cuts>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before `server`. Messages that hold one of `marks` are those whose answers may be lost.
    pub async fn start(server: SocketAddr, marks: &'static [&'static [u8]]) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let cuts = Arc::new(Cuts::default());
        let shared = cuts.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server, marks, shared.clone()));
            }
        });
        Ok(Self { address, cuts, task })
    }

    /// The same database through the proxy.
    pub fn url(&self, url: &str) -> anyhow::Result<String> {
        let (head, tail) = url.rsplit_once('@').context("an address with a password")?;
        let (_, name) = tail.split_once('/').context("a database's name")?;
        Ok(format!("{head}@{}/{name}", self.address))
    }

    /// Loses the next `n` answers.
    pub fn cut(&self, n: usize) {
        self.cuts.wanted.fetch_add(n, Ordering::SeqCst);
    }

    /// Answers that were lost so far.
    pub fn lost(&self) -> usize {
        self.cuts.done.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(client: TcpStream, server: SocketAddr, marks: &'static [&'static [u8]], cuts: Arc<Cuts>) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
    let doomed = Arc::new(AtomicBool::new(false));
    // Whichever way ends first takes both sockets with it.
    tokio::select! {
        () = forward(client_in, server_out, |bytes| {
            if marks.iter().any(|mark| holds(bytes, mark)) && take(&cuts.wanted) {
                doomed.store(true, Ordering::SeqCst);
            }
            true
        }) => {}
        () = forward(server_in, client_out, |_| {
            if doomed.load(Ordering::SeqCst) {
                cuts.done.fetch_add(1, Ordering::SeqCst);
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

fn take(wanted: &AtomicUsize) -> bool {
    wanted
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
        .is_ok()
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
        let proxy = Proxy::start(server().await, &[b"commit"]).await.unwrap();
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        assert_eq!(ask(&mut socket, b"commit").await.unwrap(), b"COMMIT");
        proxy.cut(1);
        assert_eq!(ask(&mut socket, b"begin").await.unwrap(), b"BEGIN");
        assert_eq!(ask(&mut socket, b"commit").await, None);
        assert_eq!(proxy.lost(), 1);
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        assert_eq!(ask(&mut socket, b"commit").await.unwrap(), b"COMMIT");
    }

    #[tokio::test]
    async fn the_address_leads_through_the_proxy() {
        let proxy = Proxy::start(server().await, &[]).await.unwrap();
        let url = proxy.url("postgres://postgres:secret@127.0.0.1:5432/postgres").unwrap();
        assert_eq!(url, format!("postgres://postgres:secret@{}/postgres", proxy.address));
    }
}
