//! A bucket of an S3-compatible store, and folders in it. The store guarantees that an object
//! appears complete or not at all.
//!
//! The store's messages may contain an object's name, which is a capability: no error that leaves
//! this module does.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt as _, unfold};
use hyper::Method;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer as _};
use object_store::{
    Attribute, Attributes, GetOptions, MultipartUpload, ObjectMeta, ObjectStore as _,
    ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions,
};
use object_store::{BackoffConfig, RetryConfig};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use super::object_client::Connector;
use super::settings::{BucketLocation, MediaError, ObjectStoreSettings, endpoint};
use crate::system_error;

/// The size of an upload's parts, and so how much memory an upload takes. At least 5 MiB (S3,
/// "Multipart upload limits").
const PART_BYTES: usize = 8 * 1024 * 1024;

/// How long a small request may take, with all retries.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a part of an upload may take, with all retries.
const PART_PATIENCE: Duration = Duration::from_secs(120);

/// The object that is written to check that the bucket accepts objects.
const TRIAL: &str = "writable";

/// The stream of a file's content.
pub type Contents = BoxStream<'static, io::Result<Bytes>>;

/// A bucket, reached with the operator's key.
#[derive(Clone)]
pub(super) struct Bucket {
    store: Arc<AmazonS3>,
    location: BucketLocation,
    origin: String,
}

impl Bucket {
    /// No request is sent yet.
    pub(super) fn open(
        location: &BucketLocation,
        settings: &ObjectStoreSettings,
    ) -> Result<Self, MediaError> {
        // A key from the settings must not be combined with a token from the environment.
        let mut builder = if let Some(id) = &settings.access_key_id {
            let secret = settings.secret_key()?;
            AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(secret.reveal())
        } else {
            if settings.endpoint.is_some() && std::env::var_os("AWS_ACCESS_KEY_ID").is_none() {
                return Err(MediaError::NoKey);
            }
            AmazonS3Builder::from_env()
        };
        let region = settings.region.clone().or_else(|| std::env::var("AWS_REGION").ok());
        let region = region.unwrap_or_else(|| "us-east-1".into());
        let bad = |error: &dyn fmt::Display| MediaError::Settings(error.to_string());
        let (url, in_host) = address(&location.bucket, &region, settings).map_err(|e| bad(&e))?;
        builder = builder
            .with_bucket_name(&location.bucket)
            .with_region(region)
            .with_virtual_hosted_style_request(in_host)
            .with_endpoint(url.as_str().trim_end_matches('/'))
            .with_allow_http(url.scheme() == "http")
            // Objects are deleted one by one; not every store supports bulk deletion.
            .with_disable_bulk_delete(true)
            .with_retry(retries())
            .with_http_connector(Connector::new().map_err(|error| bad(&error))?);
        let store = builder.build().map_err(|error| bad(&error))?;
        let origin = url.origin().ascii_serialization();
        Ok(Self { store: Arc::new(store), location: location.clone(), origin })
    }

    /// A folder in it. `cache`: how long clients may cache its objects.
    pub(super) fn folder(&self, name: &str, cache: Option<&'static str>) -> ObjectFolder {
        let prefix = Path::from(self.location.prefix.as_str()).join(name);
        ObjectFolder { bucket: self.clone(), prefix, cache }
    }
}

/// The address of the store, and whether the bucket's name is in the host.
fn address(
    bucket: &str,
    region: &str,
    settings: &ObjectStoreSettings,
) -> Result<(url::Url, bool), &'static str> {
    let path_style = settings.is_path_style();
    let mut url = match &settings.endpoint {
        Some(text) => endpoint(text)?,
        None => endpoint(&format!("https://s3.{region}.amazonaws.com"))?,
    };
    if !path_style {
        let host = url.host_str().unwrap_or_default();
        url.set_host(Some(&format!("{bucket}.{host}")))
            .map_err(|_| "the bucket's name can't stand in a host's name; set path_style = true")?;
    }
    Ok((url, !path_style))
}

/// Few retries in quick succession: callers that can wait retry later, the others report the error.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(1),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 2, retry_timeout: Duration::from_secs(10) }
}

/// A folder of a bucket: the objects whose names have its prefix.
#[derive(Clone)]
pub(super) struct ObjectFolder {
    bucket: Bucket,
    prefix: Path,
    cache: Option<&'static str>,
}

impl fmt::Debug for ObjectFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client is left out: it contains the key.
        f.debug_tuple("ObjectFolder").field(&self.location()).finish()
    }
}

impl ObjectFolder {
    fn at(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    fn store(&self) -> &AmazonS3 {
        &self.bucket.store
    }

    pub(super) fn location(&self) -> String {
        format!("s3://{}/{}", self.bucket.location.bucket, self.prefix)
    }

    /// The origin of the bucket's addresses.
    pub(super) fn origin(&self) -> String {
        self.bucket.origin.clone()
    }

    fn attributes(&self, kind: &'static str) -> Attributes {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, kind.into());
        if let Some(cache) = self.cache {
            attributes.insert(Attribute::CacheControl, cache.into());
        }
        attributes
    }

    pub(super) async fn write(
        &self,
        name: &str,
        bytes: Bytes,
        kind: &'static str,
    ) -> io::Result<()> {
        let options = PutOptions { attributes: self.attributes(kind), ..PutOptions::default() };
        let at = self.at(name);
        let putting = self.store().put_opts(&at, bytes.into(), options);
        limited(PART_PATIENCE, name, putting).await.map(drop)
    }

    /// Writes an object unless there is one with this name: of concurrent attempts, one does, if
    /// the store supports conditions.
    pub(super) async fn write_new(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let at = self.at(name);
        let putting = self.store().put_opts(&at, bytes.clone().into(), options);
        match limited(PART_PATIENCE, name, putting).await {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.write(name, bytes, "text/plain").await
            }
            written => written.map(drop),
        }
    }

    /// Uploads a local file: a small one at once, a large one in parts.
    pub(super) async fn upload(
        &self,
        file: &FilePath,
        name: &str,
        kind: &'static str,
    ) -> io::Result<()> {
        let mut file = tokio::fs::File::open(file).await?;
        let first = next_part(&mut file).await?;
        if first.len() < PART_BYTES {
            return self.write(name, first, kind).await;
        }
        let options = PutMultipartOptions {
            attributes: self.attributes(kind),
            ..PutMultipartOptions::default()
        };
        let at = self.at(name);
        let beginning = self.store().put_multipart_opts(&at, options);
        let mut upload = limited(PATIENCE, name, beginning).await?;
        let sent = send_parts(&mut *upload, file, first, name).await;
        if sent.is_err() {
            // If this fails now, a lifecycle rule of the bucket removes the parts.
            let _ = limited(PATIENCE, name, upload.abort()).await;
        }
        sent
    }

    /// How large an object is, and when it was written.
    pub(super) async fn about(&self, name: &str) -> io::Result<(u64, SystemTime)> {
        let at = self.at(name);
        limited(PATIENCE, name, self.store().head(&at)).await.map(|meta| facts(&meta))
    }

    pub(super) async fn read(&self, name: &str) -> io::Result<Bytes> {
        let at = self.at(name);
        let reading = async { self.store().get(&at).await?.bytes().await };
        limited(PART_PATIENCE, name, reading).await
    }

    /// A stream of a part of an object. It ends with an error when the store stalls.
    pub(super) async fn read_part(&self, name: &str, range: Range<u64>) -> io::Result<Contents> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let at = self.at(name);
        let found = limited(PATIENCE, name, self.store().get_opts(&at, options)).await?;
        let chunks = unfold(Some((found.into_stream(), name.to_owned())), |state| async {
            let (mut chunks, name) = state?;
            let next = async { chunks.next().await.transpose() };
            match limited(PATIENCE, &name, next).await {
                Ok(None) => None,
                Ok(Some(chunk)) => Some((Ok(chunk), Some((chunks, name)))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(chunks.boxed())
    }

    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        let at = self.at(name);
        match limited(PATIENCE, name, self.store().delete(&at)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) async fn list(&self) -> io::Result<HashMap<String, (u64, SystemTime)>> {
        let mut objects = HashMap::new();
        let mut pages = self.store().list(Some(&self.prefix));
        loop {
            let next = async { pages.next().await.transpose() };
            let Some(meta) = limited(PATIENCE, "", next).await? else { return Ok(objects) };
            if let Some(name) = meta.location.filename() {
                objects.insert(name.to_owned(), facts(&meta));
            }
        }
    }

    /// Whether an object can be written.
    pub(super) async fn try_to_write(&self) -> io::Result<()> {
        self.write(TRIAL, Bytes::from_static(b"AI-Now"), "text/plain").await
    }

    /// A signed address of an object. `download`: as a file to be saved.
    pub(super) async fn signed_url(
        &self,
        name: &str,
        download: bool,
        lifetime: Duration,
    ) -> io::Result<String> {
        let mut options = SignedUrlOptions::new();
        if download {
            let value = format!("attachment; filename=\"{name}\"");
            options = options.with_query([("response-content-disposition", value)]);
        }
        let at = self.at(name);
        let signing = self.store().signed_url_opts(Method::GET, &at, lifetime, &options);
        limited(PATIENCE, name, signing).await.map(String::from)
    }
}

fn facts(meta: &ObjectMeta) -> (u64, SystemTime) {
    (meta.size, meta.last_modified.into())
}

/// Fills a part from a file; a shorter one is the last.
async fn next_part(file: &mut tokio::fs::File) -> io::Result<Bytes> {
    let mut part = BytesMut::with_capacity(64 * 1024);
    while part.len() < PART_BYTES {
        let room = (PART_BYTES - part.len()) as u64;
        part.reserve(room.min(1024 * 1024) as usize);
        if (&mut *file).take(room).read_buf(&mut part).await? == 0 {
            break;
        }
    }
    Ok(part.freeze())
}

async fn send_parts(
    upload: &mut dyn MultipartUpload,
    mut file: tokio::fs::File,
    first: Bytes,
    name: &str,
) -> io::Result<()> {
    let mut part = first;
    while !part.is_empty() {
        limited(PART_PATIENCE, name, upload.put_part(part.into())).await?;
        part = next_part(&mut file).await?;
    }
    limited(PART_PATIENCE, name, upload.complete()).await.map(drop)
}

/// Waits for the store within a limit; no error contains `name`.
async fn limited<T>(
    patience: Duration,
    name: &str,
    asking: impl Future<Output = object_store::Result<T>>,
) -> io::Result<T> {
    match timeout(patience, asking).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(io_error(&error, name)),
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the object store takes too long")),
    }
}

/// How much of a store's message is kept.
const WORDS_MAX: usize = 200;

fn io_error(error: &object_store::Error, name: &str) -> io::Error {
    use object_store::Error as E;
    let (kind, what) = match error {
        E::NotFound { .. } => (io::ErrorKind::NotFound, "the object store has no such object"),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
            (io::ErrorKind::PermissionDenied, "the object store does not allow it")
        }
        E::AlreadyExists { .. } | E::Precondition { .. } => {
            (io::ErrorKind::AlreadyExists, "the object store has such an object already")
        }
        E::NotImplemented { .. } | E::NotSupported { .. } => {
            (io::ErrorKind::Unsupported, "the object store cannot do that")
        }
        _ => (io::ErrorKind::Other, "the object store could not be used"),
    };
    let mut words = system_error::cause_in_words(error);
    // Its answer is XML that repeats the request; the code is enough.
    if let Some((_, rest)) = words.split_once("<Code>") {
        words = rest.split('<').next().unwrap_or_default().to_owned();
    }
    if !name.is_empty() {
        words = words.replace(name, "…");
    }
    let words: String = words.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect();
    io::Error::new(kind, format!("{what} ({words})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_bucket_is() {
        let settings = |endpoint: Option<&str>, path_style| ObjectStoreSettings {
            endpoint: endpoint.map(Into::into),
            path_style,
            ..ObjectStoreSettings::default()
        };
        for (settings, url, in_host) in [
            (settings(None, None), "https://media.s3.eu-north-1.amazonaws.com/", true),
            (settings(None, Some(true)), "https://s3.eu-north-1.amazonaws.com/", false),
            (settings(Some("http://127.0.0.1:9000"), None), "http://127.0.0.1:9000/", false),
            (settings(Some("https://s3.example"), Some(false)), "https://media.s3.example/", true),
        ] {
            let found = address("media", "eu-north-1", &settings).unwrap();
            assert_eq!((found.0.as_str(), found.1), (url, in_host));
        }
        let impossible = settings(Some("http://127.0.0.1:9000"), Some(false));
        assert!(address("a b", "r", &impossible).is_err());
    }

    #[test]
    fn no_error_contains_a_name_or_what_was_signed() {
        let name = "a-lake-at-dawn-abcdefghijkmnpqrstuvwxyz23.mp4";
        let source = format!(
            "Server returned non-2xx status code: 403 Forbidden: <Error><Code>SignatureDoesNotMatch\
             </Code><Resource>/media/{name}</Resource><StringToSign>secret</StringToSign></Error>"
        );
        let error =
            object_store::Error::PermissionDenied { path: name.into(), source: source.into() };
        let error = io_error(&error, name);
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(error.to_string(), "the object store does not allow it (SignatureDoesNotMatch)");
        let source = format!("PUT http://store/media/{name} failed");
        let error = object_store::Error::Generic { store: "S3", source: source.into() };
        assert_eq!(
            io_error(&error, name).to_string(),
            "the object store could not be used (PUT http://store/media/… failed)"
        );
    }
}
