//! One keep-alive connection, as a browser or a program of a customer holds it.

use std::net::SocketAddr;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// An HTTP/1.1 connection that is kept open.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    /// `Authorization` of every request; empty before signing in.
    bearer: String,
}

/// What is sent.
pub struct Outgoing<'a> {
    pub method: Method,
    pub path: &'a str,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Bytes,
}

impl<'a> Outgoing<'a> {
    /// A reading request.
    pub fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            headers: &[],
            body: Bytes::new(),
        }
    }
}

impl Connection {
    /// Connects; `token` goes with every request.
    pub async fn open(address: SocketAddr, token: Option<&str>) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
        Ok(Self {
            sender,
            host: address.to_string(),
            bearer: token.map(|token| format!("Bearer {token}")).unwrap_or_default(),
        })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, outgoing: Outgoing<'_>) -> anyhow::Result<(StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(outgoing.method)
            .uri(outgoing.path)
            .header(header::HOST, &self.host);
        if !self.bearer.is_empty() {
            request = request.header(header::AUTHORIZATION, &self.bearer);
        }
        for (name, value) in outgoing.headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        let request = request.body(Full::new(outgoing.body))?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await.context("the answer's body")?;
        Ok((status, body.to_bytes()))
    }
}
