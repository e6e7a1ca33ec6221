//! Accepts connections until told to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use crate::{ApiState, router};

/// How long requests may go on after the request to stop.
const GRACE: Duration = Duration::from_secs(25);

/// Serves until `stop` turns true, then lets running requests end. `wake` fires when events were appended to the log.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    state: ApiState,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let hub = tokio::spawn({
        let (state, stop) = (state.clone(), stop.clone());
        async move { state.hub.run(&state.app, &wake, stop).await }
    });
    // Answers are small; waiting to fill a packet would only delay them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY refused");
        }
    });
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped(stop.clone()));
    let overdue = async {
        stopped(stop).await;
        tokio::time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = serving => result,
        () = overdue => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    };
    hub.abort();
    result
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means that the process ends.
    let _ = stop.wait_for(|stop| *stop).await;
}
