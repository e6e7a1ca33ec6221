//! Over a real connection.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use super::client::World;

async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that refuses a large head may reset the connection after its answer.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn serves_refuses_large_heads_and_stops_with_open_streams() {
    let world = World::new().await;
    let token = world.login().await.token();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(api::serve(
        listener,
        world.state.clone(),
        Arc::new(Notify::new()),
        stopped,
    ));

    let metrics = ask(address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(
        metrics.starts_with("HTTP/1.1 200 "),
        "the machine itself may read the counters: {metrics}"
    );
    let proxied = "GET /metrics HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 1.2.3.4\r\nconnection: close\r\n\r\n";
    assert!(ask(address, proxied).await.starts_with("HTTP/1.1 401 "));
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    let refused = ask(address, &large).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431 "), "{refused}");

    let stream = format!("GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    let stream = tokio::spawn(async move { ask(address, &stream).await });
    testkit::wait_for("the stream", Duration::from_secs(3), async || {
        world.state.hub.listeners() == 1
    })
    .await;
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server)
        .await
        .expect("a prompt stop")
        .unwrap()
        .unwrap();
    assert!(stream.await.unwrap().contains("event: stream.ready"));
    assert!(TcpStream::connect(address).await.is_err());
}
