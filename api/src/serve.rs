//! Accepts connections until told to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};
use tower::Service;

use crate::{ApiState, router};

/// How long requests may go on after the request to stop.
const GRACE: Duration = Duration::from_secs(25);
/// How long a connection may take to send the head of its next request; slow or silent ones must not pile up.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Size of the read buffer in bytes; a head of twice this size is refused for sure.
const BUFFER: usize = 64 * 1024;
/// Pause after a failure to accept, which is mostly a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` turns true, then lets running requests end. `wake` fires when events were appended to the log.
///
/// # Errors
/// When the listener has no address.
pub async fn serve(
    listener: TcpListener,
    state: ApiState,
    wake: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let hub = tokio::spawn({
        let (state, stop) = (state.clone(), stop.clone());
        async move { state.hub.run(&state.app, &wake, stop).await }
    });
    let adding = tokio::spawn({
        let (state, stop) = (state.clone(), stop.clone());
        async move {
            if let Some(shared) = &state.config.shared {
                state.limits.run(&state.app, &**shared, stop).await;
            }
        }
    });
    let router = router(state);
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => connection(stream, peer, router.clone(), &graceful),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = stopped(&mut stop) => break,
        }
    }
    drop(listener);
    tracing::info!(%address, open = graceful.count(), "stopping");
    // The hub ends the live streams, which would otherwise stay open.
    if tokio::time::timeout(GRACE, async { tokio::join!(graceful.shutdown(), hub, adding) })
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

fn connection(stream: TcpStream, peer: SocketAddr, router: Router, graceful: &GracefulShutdown) {
    // Answers are small; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY refused");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let serving = graceful.watch(serving);
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone means that the process ends.
    let _ = stop.wait_for(|stop| *stop).await;
}
