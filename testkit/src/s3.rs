//! A server that speaks S3 over HTTP and checks signatures, over a directory that goes away with it.

use std::path::{Path, PathBuf};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, task::JoinHandle};

/// A running server with one bucket.
#[derive(Debug)]
pub struct S3 {
    port: u16,
    directory: PathBuf,
    serving: JoinHandle<()>,
}

impl S3 {
    /// The bucket there is.
    pub const BUCKET: &str = "files";
    /// The access key it takes.
    pub const ACCESS_KEY: &str = "test-access";
    /// The secret key it takes.
    pub const SECRET_KEY: &str = "test-secret";

    /// Starts a server on a free port; it ends when dropped.
    pub async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("cm-s3-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(directory.join("s3").join(Self::BUCKET)).expect("directory for S3");
        let mut service = S3ServiceBuilder::new(FileSystem::new(directory.join("s3")).expect("S3 over a directory"));
        service.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = auto::Builder::new(TokioExecutor::new());
                    // A client that leaves in the middle is no failure of the server.
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self {
            port,
            directory,
            serving,
        }
    }

    /// Its address.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A directory that lives as long as the server; its files are below `s3`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
