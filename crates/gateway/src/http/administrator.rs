//! Authentication of administrators: by an administrator's key (`ak_…`) only, or by a session of
//! the administrators' page that was opened with one.
//!
//! A route takes the extractor that fits: [`Viewer`] for reading, [`Administrator`] for changes. It
//! must not know what is requested.

use std::time::Duration;

use ai_now_protocol::Code;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::error::Problem;
use super::extract::{Caller, bearer_of, missing};
use super::origin::{base, client_address};
use super::page_session;
use super::state::App;
use crate::store::{Actor, AdminInfo, AdminRole, Store};

/// An administrator who may read everything.
pub(crate) struct Viewer(pub(crate) AdminInfo);

/// An administrator who may also change things.
pub(crate) struct Administrator {
    actor: Actor,
}

impl Administrator {
    /// The actor under whom changes are logged.
    pub(crate) fn actor(self) -> Actor {
        self.actor
    }

    /// The store, which logs its changes under this administrator.
    pub(crate) fn store(self, app: &App) -> Store {
        app.store.acting_as(self.actor)
    }
}

/// The credentials of a request, to be checked again while its answer streams.
#[derive(Clone)]
pub(crate) enum Presented {
    /// A key of any kind.
    Key(String),
    /// A session of the page.
    Session(String),
    /// Nothing.
    Nothing,
}

impl Presented {
    /// The credentials of this request.
    ///
    /// # Errors
    /// 403 if a session is presented by anything but the page itself.
    fn of(app: &App, parts: &Parts) -> Result<Self, Problem> {
        if parts.headers.contains_key(AUTHORIZATION) {
            return Ok(bearer_of(&parts.headers).map_or(Self::Nothing, |key| Self::Key(key.into())));
        }
        let base = base(app, &parts.headers, &parts.extensions);
        let Some(token) = page_session::token(&parts.headers, &base) else {
            return Ok(Self::Nothing);
        };
        page_session::check(&parts.method, &parts.headers, &base)?;
        Ok(Self::Session(token.into()))
    }

    /// The administrator, if the credentials are valid. This counts as use of a session.
    async fn admin(&self, app: &App) -> Result<Option<AdminInfo>, Problem> {
        match self {
            Self::Key(key) => Ok(app.store.admin_by_secret(key).await?),
            Self::Session(token) => Ok(app.store.use_admin_session(token, idle(app)).await?),
            Self::Nothing => Ok(None),
        }
    }

    /// Whether the credentials are still valid. This does not count as use.
    pub(crate) async fn is_good(&self, app: &App) -> bool {
        let good = match self {
            Self::Key(key) => app.store.admin_by_secret(key).await.map(|admin| admin.is_some()),
            Self::Session(token) => app.store.admin_session_is_good(token, idle(app)).await,
            Self::Nothing => Ok(false),
        };
        matches!(good, Ok(true))
    }
}

/// For how long a session lasts that is not used.
pub(crate) fn idle(app: &App) -> Duration {
    Duration::from_secs(app.config.admin_session_secs.into())
}

impl FromRequestParts<App> for Presented {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(app, parts)
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(admin) = Presented::of(app, parts)?.admin(app).await? {
            app.limits.request_of_admin(admin.id)?;
            return Ok(Self(admin));
        }
        // Other credentials get the same error as everywhere.
        Caller::of(app, &parts.headers).await?.ok_or_else(missing)?;
        Err(Problem::forbidden(
            Code::AdminKeyRequired,
            "This needs an administrator's key. `ai-now-gateway admins create` makes one.",
        ))
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Viewer(admin) = Viewer::from_request_parts(parts, app).await?;
        if admin.role != AdminRole::Admin {
            return Err(Problem::forbidden(
                Code::AdminRoleRequired,
                "A viewer changes nothing. This needs the key of an administrator whose role is \
                 `admin`.",
            ));
        }
        let address = client_address(app, &parts.headers, &parts.extensions);
        Ok(Self { actor: Actor { name: admin.name, source: address.to_string() } })
    }
}
