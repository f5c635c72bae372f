//! Requests to addresses that customers name: only to public ones, by the same connector as
//! everything that leaves this machine. It must not know what is sent.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::error::OpenError;
use super::http::{Call, Http, OwnHosts, TransportError};

/// Sends messages.
pub struct Outbound(Http);

impl Outbound {
    /// One that reaches public hosts, and these private ones from the settings.
    ///
    /// # Errors
    /// If the system has no trusted certificates.
    pub fn new(own: impl IntoIterator<Item = String>) -> Result<Self, OpenError> {
        Http::new(OwnHosts::new(own)).map(Self)
    }

    /// The address, if messages may be sent to it.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn check(&self, address: &str) -> Result<Url, &'static str> {
        let url = Url::parse(address).map_err(|_| "it is not an address")?;
        if url.fragment().is_some() {
            return Err("it must have no fragment");
        }
        self.0.check(&url).map(|()| url)
    }

    /// Sends one, and returns the status of the answer. Redirects are not followed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(
        &self,
        url: Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Value,
        limit: Duration,
    ) -> Result<StatusCode, TransportError> {
        let call = Call { method: Method::POST, url, headers, body: Some(body) };
        // What it says beside is nobody's: the connection ends unread.
        Ok(self.0.open(call, limit).await?.status())
    }
}
