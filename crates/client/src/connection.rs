//! The connection to one gateway: what all requests have in common. It must not know the routes.

use std::time::Duration;

use ai_now_protocol::{ErrorBody, Message};
use reqwest::header::{self, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;

use crate::Error;
use crate::address::Address;

/// How long an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(30);
/// How much is read of an answer that is neither a stream nor a result.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    http: reqwest::Client,
    /// The gateway's address.
    pub(crate) address: Address,
    authorization: HeaderValue,
}

impl Connection {
    pub(crate) fn new(address: &str, key: &str) -> Result<Self, Error> {
        let address = Address::parse(address)?;
        if cfg!(not(feature = "tls")) && address.is_secure() {
            return Err(Error::Unusable("https: needs the feature `tls` of ai-now-client.".into()));
        }
        let strange =
            || Error::Unusable("The key can't be sent: it has strange characters.".into());
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", key.trim())).map_err(|_| strange())?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("ai-now-client/", env!("CARGO_PKG_VERSION")))
            // A redirect would send the key elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Unusable(error.to_string()))?;
        Ok(Self { http, address, authorization })
    }

    /// An event stream, from after `number`. `None`: there are no more events.
    pub(crate) async fn open(&self, id: &str, number: u64) -> Result<Option<Response>, Error> {
        let url = self.address.route(&["api", "generations", id, "events"])?;
        let mut sent = self.request(Method::GET, &url);
        if number > 0 {
            sent = sent.header("Last-Event-ID", number);
        }
        let response = self.send(sent).await?;
        Ok((response.status() != reqwest::StatusCode::NO_CONTENT).then_some(response))
    }

    pub(crate) fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let request = self.http.request(method, url.clone());
        // The key is for the gateway only, not for the host of its results.
        if self.address.is_own(url) {
            return request.header(header::AUTHORIZATION, self.authorization.clone());
        }
        request
    }

    /// Sends a request; a refusal is an error.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let late = || Error::Unreachable("it does not answer in time".into());
        let answer = timeout(ANSWER, request.send()).await.map_err(|_| late())?;
        let answer = answer.map_err(|error| Error::on_the_way(&error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer).await) }
    }

    /// The answer to a request, parsed as JSON.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, Error> {
        let body = whole(self.send(request).await?).await?;
        serde_json::from_slice(&body).map_err(|error| Error::Unexpected(error.to_string()))
    }
}

async fn refusal(answer: Response) -> Error {
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get(header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|secs| secs.to_str().ok()?.parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let body = whole(answer).await.unwrap_or_default();
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) => Error::Refused { status, message: Message::from(body), retry_after },
        // A proxy in between may answer in its own format.
        Err(_) if matches!(status, 408 | 429 | 502..=504) => {
            let message =
                Message::text(format!("The gateway can't be reached right now ({status})."));
            Error::Refused { status, message, retry_after }
        }
        Err(_) => Error::Unexpected(format!("HTTP status {status}")),
    }
}

/// A complete answer, within a size limit.
async fn whole(mut answer: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        let late = |_| Error::Unreachable("its answer does not end".into());
        let chunk = timeout(ANSWER, answer.chunk()).await.map_err(late)?;
        let Some(chunk) = chunk.map_err(|error| Error::on_the_way(&error))? else {
            return Ok(body);
        };
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Err(Error::Unexpected("an answer that does not end".into()));
        }
        body.extend_from_slice(&chunk);
    }
}
