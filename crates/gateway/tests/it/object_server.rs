//! An S3-compatible store on this machine (s3s-fs), which can go away and come back.

use std::net::SocketAddr;
use std::path::PathBuf;

use ai_now_gateway::config::Config;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

const KEY_ID: &str = "objects-key-id";
pub(crate) const SECRET: &str = "objects-secret-key-that-nobody-sees";
const BUCKET: &str = "media";

pub(crate) struct ObjectServer {
    dir: TempDir,
    address: SocketAddr,
    service: S3Service,
    running: Option<JoinHandle<()>>,
}

impl ObjectServer {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("store");
        std::fs::create_dir_all(root.join(BUCKET)).unwrap();
        std::fs::write(dir.path().join("secret"), format!("{SECRET}\n")).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = Self { dir, address, service: builder.build(), running: None };
        server.serve(listener);
        server
    }

    fn serve(&mut self, listener: TcpListener) {
        let service = self.service.clone();
        self.running = Some(tokio::spawn(async move {
            // Dropped with the task: connections end where the server does.
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                connections.spawn(async move {
                    let http = Builder::new(TokioExecutor::new());
                    let _ = http.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        }));
    }

    /// The server does not answer any more.
    pub(crate) async fn go_away(&mut self) {
        let running = self.running.take().unwrap();
        running.abort();
        let _ = running.await;
    }

    pub(crate) async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }

    /// Keeps the media of a gateway here.
    pub(crate) fn settings(&self, config: &mut Config) {
        config.media = Some(format!("s3://{BUCKET}/ai-now/test").parse().unwrap());
        config.object_store.endpoint = Some(self.url());
        config.object_store.access_key_id = Some(KEY_ID.into());
        config.object_store.secret_key_file = Some(self.dir.path().join("secret"));
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the objects of a folder are on the disk.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join("store").join(BUCKET).join("ai-now/test").join(name)
    }

    /// The names of the objects in a folder, sorted, without the one that is written on trial.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder(folder)) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter(|name| !name.starts_with('.') && name != "writable").collect();
        names.sort();
        names
    }
}
