//! An S3-compatible store (s3s-fs) as a process of its own, which can be killed, stopped and cut off. It must
//! not know who stores what.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

/// The key that opens it.
pub const KEY_ID: &str = "objects-key-id";
/// The key's secret.
pub const SECRET: &str = "objects-secret-key";
/// Its one bucket.
pub const BUCKET: &str = "media";

/// Where it listens, and what it keeps.
#[derive(clap::Args)]
pub struct Objects {
    /// The folder of its buckets
    #[arg(long)]
    root: PathBuf,
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
}

/// Serves until it is killed.
///
/// # Errors
/// Where it can't listen.
pub async fn serve(objects: Objects) -> Result<()> {
    std::fs::create_dir_all(objects.root.join(BUCKET))?;
    let files = s3s_fs::FileSystem::new(objects.root).map_err(|error| anyhow!("{error:?}"))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
    let service = builder.build();
    let listener = TcpListener::bind(objects.listen).await?;
    println!("listening");
    loop {
        let (socket, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let http = Builder::new(TokioExecutor::new());
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
