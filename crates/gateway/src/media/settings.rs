//! The settings of the media storage. It must not know the protocol of a store.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::service_key::{Key, KeyError};

/// Where media are kept, and how readers get them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaSettings {
    /// The bucket. None: the data directory.
    pub location: Option<BucketLocation>,
    /// How readers get a result that is in a bucket.
    pub urls: MediaUrls,
    /// How to reach the bucket's store.
    pub object_store: ObjectStoreSettings,
}

/// How readers get a result that is in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaUrls {
    /// From the gateway, which streams it from the store.
    #[default]
    Gateway,
    /// From the store: the gateway redirects to a signed address that is valid for a while.
    Signed,
}

/// A bucket, and the prefix of our objects in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketLocation {
    /// The bucket's name.
    pub bucket: String,
    /// Without leading and trailing slashes; empty: the whole bucket is ours.
    pub prefix: String,
}

/// Why a text does not name a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be like s3://bucket or s3://bucket/prefix")]
pub struct NotABucket;

impl FromStr for BucketLocation {
    type Err = NotABucket;

    fn from_str(text: &str) -> Result<Self, NotABucket> {
        let rest = text.strip_prefix("s3://").ok_or(NotABucket)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let is_name =
            |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain);
        if !is_name(bucket) || !(prefix.is_empty() || prefix.split('/').all(is_name)) {
            return Err(NotABucket);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for BucketLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        write!(f, "s3://{}{slash}{}", self.bucket, self.prefix)
    }
}

impl Serialize for BucketLocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BucketLocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How to reach an object store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectStoreSettings {
    /// Its address, such as `https://s3.example`. None: AWS.
    pub endpoint: Option<String>,
    /// Its region. None: `AWS_REGION`, or `us-east-1`.
    pub region: Option<String>,
    /// Whether the bucket's name is in the path of an address, not in the host. None: in the path
    /// if there is an `endpoint`, in the host at AWS.
    pub path_style: Option<bool>,
    /// The id of the access key. None: keys come from where AWS' own tools find them.
    pub access_key_id: Option<String>,
    /// The environment variable that holds the secret key. Default: `AWS_SECRET_ACCESS_KEY`.
    pub secret_key_env: Option<String>,
    /// The file that has the secret key, instead of the environment.
    pub secret_key_file: Option<PathBuf>,
    /// For how many seconds a signed address is valid.
    pub signed_url_secs: u32,
}

impl Default for ObjectStoreSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            path_style: None,
            access_key_id: None,
            secret_key_env: None,
            secret_key_file: None,
            signed_url_secs: 3600,
        }
    }
}

/// The longest validity of a signed address in the S3 protocol.
const SIGNED_MAX_SECS: u32 = 7 * 24 * 60 * 60;

/// The shortest: a player requests the next part of a film minutes after the first.
const SIGNED_MIN_SECS: u32 = 60;

/// The variable that AWS' own tools read.
const SECRET_KEY_ENV: &str = "AWS_SECRET_ACCESS_KEY";

impl ObjectStoreSettings {
    /// Checks that the settings are consistent. It reads no key and sends no request.
    ///
    /// # Errors
    /// The setting, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if let Some(endpoint) = &self.endpoint {
            self::endpoint(endpoint).map_err(|why| ("endpoint", why))?;
        }
        if self.secret_key_env.is_some() && self.secret_key_file.is_some() {
            return Err(("secret_key_file", "set secret_key_env or secret_key_file, not both"));
        }
        let names_secret = self.secret_key_env.is_some() || self.secret_key_file.is_some();
        if names_secret && self.access_key_id.is_none() {
            return Err(("access_key_id", "the secret key belongs to it, so it must be set too"));
        }
        if self.secret_key_env.as_deref().is_some_and(|name| name.starts_with("AI_NOW_")) {
            return Err((
                "secret_key_env",
                "variables that begin with AI_NOW_ are settings; choose another name",
            ));
        }
        if !(SIGNED_MIN_SECS..=SIGNED_MAX_SECS).contains(&self.signed_url_secs) {
            return Err(("signed_url_secs", "it must be at least 60 and at most 604800, a week"));
        }
        Ok(())
    }

    pub(super) fn signed_lifetime(&self) -> Duration {
        Duration::from_secs(self.signed_url_secs.into())
    }

    pub(super) fn is_path_style(&self) -> bool {
        self.path_style.unwrap_or(self.endpoint.is_some())
    }

    /// The secret key that belongs to `access_key_id`.
    pub(super) fn secret_key(&self) -> Result<Key, KeyError> {
        match &self.secret_key_file {
            Some(file) => Key::in_file(file, || format!("the file {}", file.display())),
            None => {
                let variable = self.secret_key_env.as_deref().unwrap_or(SECRET_KEY_ENV);
                Key::in_environment(variable, || format!("the environment variable {variable}"))
            }
        }
    }
}

/// The address of a store, if it is one.
pub(super) fn endpoint(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it must be an address like https://s3.example")?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err("it must be an address like https://s3.example") }
}

/// Why the media storage can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// A folder can't be created, read or written.
    #[error("The media can't be kept in the data directory: {0}")]
    Folder(#[from] io::Error),
    /// A key is missing.
    #[error("The object store can't be used: {0}. Set object_store.secret_key_file.")]
    Key(#[from] KeyError),
    /// No access key is configured.
    #[error(
        "The object store can't be used without a key. Set object_store.access_key_id and \
         object_store.secret_key_file, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )]
    NoKey,
    /// The client library rejects the settings.
    #[error("The object store can't be used: {0}")]
    Settings(String),
    /// The store refuses.
    #[error(
        "{location} can't be written to: {why}. Check the bucket's name, object_store.endpoint, \
         object_store.region, and that the key may read, write, list and delete there."
    )]
    Refused {
        /// The bucket.
        location: String,
        /// What the store says.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_like_this() {
        for (text, bucket, prefix) in [
            ("s3://media", "media", ""),
            ("s3://media/", "media", ""),
            ("s3://my.media-1/ai-now/results", "my.media-1", "ai-now/results"),
            ("s3://media/a/", "media", "a"),
        ] {
            let location: BucketLocation = text.parse().unwrap();
            assert_eq!((location.bucket.as_str(), location.prefix.as_str()), (bucket, prefix));
            assert_eq!(location.to_string(), text.trim_end_matches('/'));
        }
        for text in [
            "",
            "media",
            "s3:media",
            "s3://",
            "s3:///a",
            "https://media",
            "s3://me dia",
            "s3://key:secret@media",
            "s3://media//a",
            "s3://media/a/../b",
            "s3://media/.",
            "s3://media?x",
            "s3://médias",
            "file:///media",
        ] {
            assert_eq!(text.parse::<BucketLocation>(), Err(NotABucket), "{text}");
        }
    }

    #[test]
    fn settings_that_do_not_fit_are_errors() {
        let settings = |text: &str| toml::from_str::<ObjectStoreSettings>(text).unwrap();
        for good in [
            "",
            "endpoint = 'http://127.0.0.1:9000'\naccess_key_id = 'a'\nsecret_key_file = 'b'",
            "access_key_id = 'a'\nsecret_key_env = 'B'\nsigned_url_secs = 60",
        ] {
            assert_eq!(settings(good).check(), Ok(()), "{good}");
        }
        for (bad, setting) in [
            ("endpoint = 'minio:9000'", "endpoint"),
            ("endpoint = 'https://key:secret@s3.example'", "endpoint"),
            ("endpoint = 'https://s3.example?x=1'", "endpoint"),
            ("secret_key_file = 'b'", "access_key_id"),
            ("access_key_id = 'a'\nsecret_key_env = 'B'\nsecret_key_file = 'b'", "secret_key_file"),
            ("access_key_id = 'a'\nsecret_key_env = 'AI_NOW_KEY'", "secret_key_env"),
            ("signed_url_secs = 59", "signed_url_secs"),
            ("signed_url_secs = 604801", "signed_url_secs"),
        ] {
            assert_eq!(settings(bad).check().unwrap_err().0, setting, "{bad}");
        }
        // A secret must not be in the settings, which people show each other.
        assert!(toml::from_str::<ObjectStoreSettings>("secret_access_key = 'x'").is_err());
    }
}
