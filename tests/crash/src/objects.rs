//! An S3-compatible store (s3s-fs) in its own process, which can be killed, stopped and
//! disconnected. It must not know who stores what.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

/// The access key.
pub const KEY_ID: &str = "objects-key-id";
/// The secret key.
pub const SECRET: &str = "objects-secret-key";
/// Its only bucket.
pub const BUCKET: &str = "media";

/// The address and the folder of the store.
#[derive(clap::Args)]
pub struct Objects {
    /// The folder with its buckets
    #[arg(long)]
    root: PathBuf,
    /// The address to listen on
    #[arg(long)]
    listen: SocketAddr,
}

/// Serves until it is killed.
///
/// # Errors
/// If it can't listen.
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
