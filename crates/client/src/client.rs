//! The routes of a gateway, each a function. It must not know how streams and files are read.

use std::path::Path;

use ai_now_protocol::api::{
    Accepted, Balance, Generation, GenerationPage, IDEMPOTENCY_KEY, Upload,
};
use ai_now_protocol::event::{Completed, Progress};
use ai_now_protocol::{Catalog, Event, GenerateRequest, MediaUrl};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::connection::Connection;
use crate::download::Download;
use crate::events::Events;
use crate::{Error, SubmissionKey};

/// A client of one gateway. Cloning it is cheap, and shares the connections.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Connection,
}

impl Client {
    /// A client of the gateway at `address`, with a secret key (`ak_…`) or a session (`st_…`).
    ///
    /// Proxies are taken from the environment. `https:` addresses need the feature `tls`, which is
    /// on by default.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the address or the key is not valid.
    pub fn new(address: &str, key: &str) -> Result<Self, Error> {
        Ok(Self { connection: Connection::new(address, key)? })
    }

    /// The gateway's catalog: models with their styles, options, prices and limits.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn catalog(&self) -> Result<Catalog, Error> {
        self.get(&["api", "catalog"]).await
    }

    /// The balance of the key or the visitor.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn balance(&self) -> Result<Balance, Error> {
        self.get(&["api", "balance"]).await
    }

    /// Submits a generation: its price is held, and it is queued. `key` makes that repeatable: a
    /// submission whose answer got lost is repeated here once, and may be repeated by the caller.
    ///
    /// # Errors
    /// [`Error`]. After [`Error::Unreachable`] it is unknown whether it arrived: submit again with
    /// the same key.
    pub async fn submit(
        &self,
        request: &GenerateRequest,
        key: &SubmissionKey,
    ) -> Result<Accepted, Error> {
        let body =
            serde_json::to_vec(request).map_err(|error| Error::Unusable(error.to_string()))?;
        let body = Bytes::from(body);
        let once = || async {
            let sent = self
                .connection
                .request(Method::POST, &self.connection.address.route(&["api", "generations"])?);
            let sent = sent.header(IDEMPOTENCY_KEY, key.as_str());
            let sent = sent.header(CONTENT_TYPE, "application/json").body(body.clone());
            self.connection.read(sent).await
        };
        match once().await {
            Err(Error::Unreachable(_)) => once().await,
            answer => answer,
        }
    }

    /// The state of a generation.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn generation(&self, id: &str) -> Result<Generation, Error> {
        self.get(&["api", "generations", id]).await
    }

    /// Cancels a generation, unless it has ended, and returns its state.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn cancel(&self, id: &str) -> Result<Generation, Error> {
        let url = self.connection.address.route(&["api", "generations", id])?;
        self.connection.read(self.connection.request(Method::DELETE, &url)).await
    }

    /// One's own generations, the newest first, at most `limit` (1 to 100). For the next page, `before` is the
    /// [`next`](GenerationPage::next) of the page before.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn list(&self, limit: u32, before: Option<&str>) -> Result<GenerationPage, Error> {
        let mut url = self.connection.address.route(&["api", "generations"])?;
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", before);
        }
        self.connection.read(self.connection.request(Method::GET, &url)).await
    }

    /// Uploads a picture (JPEG, PNG, WebP or GIF); its id is a value for options of the kind
    /// picture.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn upload(&self, picture: impl Into<Bytes>) -> Result<Upload, Error> {
        let url = self.connection.address.route(&["api", "uploads"])?;
        let body = reqwest::Body::from(picture.into());
        // The gateway determines the type from the bytes.
        let sent = self.connection.request(Method::POST, &url).body(body);
        self.connection.read(sent.header(CONTENT_TYPE, "application/octet-stream")).await
    }

    /// The events of a generation, past and future. See [`Events`].
    pub fn events(&self, id: &str) -> Events {
        self.events_after(id, 0)
    }

    /// The events of a generation after the number of one that was received, also by an earlier
    /// program.
    pub fn events_after(&self, id: &str, number: u64) -> Events {
        Events::new(self.connection.clone(), id, number)
    }

    /// Follows a generation to its end, and reports its progress.
    ///
    /// # Errors
    /// [`Error::Failed`] if it ends without a result; else [`Error`], as for every route.
    pub async fn follow(
        &self,
        id: &str,
        mut on_progress: impl FnMut(&Progress),
    ) -> Result<Completed, Error> {
        let mut events = self.events(id);
        while let Some(event) = events.next().await? {
            match event.event {
                Event::Processing(progress) => on_progress(&progress),
                Event::Completed(completed) => return Ok(completed),
                Event::Failed(failure) => return Err(Error::Failed(failure)),
                _ => {}
            }
        }
        Err(Error::Unexpected("a stream without an end".into()))
    }

    /// Starts loading a result. The key is sent only to the gateway itself.
    ///
    /// # Errors
    /// [`Error`], as for every route.
    pub async fn download(&self, url: &MediaUrl) -> Result<Download, Error> {
        let url = self.connection.address.named(url.as_str())?;
        Ok(Download::new(self.connection.send(self.connection.request(Method::GET, &url)).await?))
    }

    /// Loads a result into a file, which appears once it is complete; returns its size in bytes.
    ///
    /// # Errors
    /// [`Error::File`] if it can't be written; else [`Error`], as for every route.
    pub async fn save(&self, url: &MediaUrl, file: &Path) -> Result<u64, Error> {
        self.download(url).await?.save(file).await
    }

    async fn get<T: DeserializeOwned>(&self, parts: &[&str]) -> Result<T, Error> {
        let url = self.connection.address.route(parts)?;
        self.connection.read(self.connection.request(Method::GET, &url)).await
    }
}
