//! Authentication: the API key or session of the `Authorization` header.
//!
//! Denies by default. It must not know what is requested. A route takes the extractor that fits:
//! [`Principal`] where tokens may be spent, [`Caller`] where the kind of key matters.

use ai_now_protocol::Code;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

use super::error::Problem;
use super::state::App;
use crate::domain::Principal;
use crate::secret;
use crate::store::{KeyInfo, KeyKind, SessionInfo};

/// An authenticated client.
#[derive(Clone, Debug)]
pub enum Caller {
    /// With an API key.
    Key(KeyInfo),
    /// With a session token.
    Session(SessionInfo),
}

impl Caller {
    /// The client that the headers authenticate; `None` if they have no credentials.
    ///
    /// # Errors
    /// [`Problem`] if the credentials are not valid.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        let token = bearer_of(headers).ok_or_else(|| {
            Problem::unauthorized(
                Code::MalformedAuthorization,
                "The Authorization header is not a Bearer token. Send it as “Authorization: \
                 Bearer YOUR_API_KEY”.",
            )
        })?;
        let unknown = || {
            Problem::unauthorized(
                Code::InvalidKey,
                "The API key or session is not valid. Check it, or ask for a new one.",
            )
        };
        match secret::Kind::of(token).ok_or_else(unknown)? {
            secret::Kind::Secret | secret::Kind::Publishable => {
                app.store.key_by_secret(token).await?.map(|key| Some(Self::Key(key)))
            }
            secret::Kind::Session => {
                let session = app.store.session_by_token(token).await?;
                if let Some(session) = &session {
                    check_origin(session, headers)?;
                }
                session.map(|session| Some(Self::Session(session)))
            }
        }
        .ok_or_else(unknown)
    }
}

/// The session that has ended: it may be renewed, and nothing else.
///
/// # Errors
/// [`Problem`] if the page is not of the session's origin.
pub async fn ended_session(app: &App, headers: &HeaderMap) -> Result<Option<SessionInfo>, Problem> {
    let Some(token) = bearer_of(headers) else { return Ok(None) };
    if !matches!(secret::Kind::of(token), Some(secret::Kind::Session)) {
        return Ok(None);
    }
    let session = app.store.expired_session(token).await?;
    if let Some(session) = &session {
        check_origin(session, headers)?;
    }
    Ok(session)
}

/// The token in the headers, unchecked. Of two `Authorization` headers neither counts: a proxy before
/// the gateway may have checked the other one.
pub(crate) fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?;
    bearer(value).filter(|_| values.next().is_none())
}

/// The token of a `Bearer` header (RFC 6750); the scheme's name is case-insensitive.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
}

/// A session of a publishable key is bound to one origin. Browsers send the origin with every
/// cross-origin request.
fn check_origin(session: &SessionInfo, headers: &HeaderMap) -> Result<(), Problem> {
    let (Some(bound), Some(origin)) = (&session.origin, headers.get(ORIGIN)) else { return Ok(()) };
    if origin.as_bytes() == bound.as_bytes() {
        return Ok(());
    }
    Err(Problem::forbidden(
        Code::OriginNotAllowed,
        "This session belongs to pages of another origin.",
    ))
}

impl TryFrom<Caller> for Principal {
    type Error = Problem;

    fn try_from(caller: Caller) -> Result<Self, Problem> {
        match caller {
            Caller::Key(key) if key.kind == KeyKind::Publishable => Err(Problem::forbidden(
                Code::PublishableKey,
                "A publishable key only opens sessions. Open one with POST /api/sessions and \
                 send its token.",
            )),
            Caller::Key(key) => Ok(Self {
                key_id: key.id,
                account_id: key.account_id,
                visitor_id: None,
                tokens_per_day: None,
            }),
            Caller::Session(session) => Ok(Self {
                key_id: session.key_id,
                account_id: session.account_id,
                visitor_id: Some(session.visitor_id),
                tokens_per_day: session.tokens_per_day,
            }),
        }
    }
}

impl FromRequestParts<App> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::of(app, &parts.headers).await?.ok_or_else(missing)?;
        let principal = Self::try_from(caller)?;
        app.limits.request_of(principal.key_id, principal.visitor_id)?;
        Ok(principal)
    }
}

/// The answer to a client without a key.
pub fn missing() -> Problem {
    Problem::unauthorized(
        Code::MissingKey,
        "An API key is needed. Send it as “Authorization: Bearer YOUR_API_KEY”.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_tokens() {
        let table: [(&[u8], Option<&str>); 9] = [
            (b"Bearer abc", Some("abc")),
            (b"bearer abc", Some("abc")),
            (b"BEARER   abc ", Some("abc")),
            (b"Bearer", None),
            (b"Bearer ", Some("")),
            (b"Basic abc", None),
            (b"abc", None),
            (b"", None),
            (b"Bearer \xff", None),
        ];
        for (header, token) in table {
            assert_eq!(bearer(&HeaderValue::from_bytes(header).unwrap()), token, "{header:?}");
        }
    }
}
