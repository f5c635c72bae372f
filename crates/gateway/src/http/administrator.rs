//! Authentication of administrators: the `ak_…` key of an administrator, and no other.
//!
//! A route takes the extractor that fits: [`Viewer`] where something is looked at, [`Administrator`]
//! where something is changed. It must not know what is asked for.

use ai_now_protocol::Code;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::Problem;
use super::extract::{Caller, bearer_of, missing};
use super::origin::client_address;
use super::state::App;
use crate::store::{Actor, AdminInfo, Role, Store};

/// Whoever may look at everything.
pub(crate) struct Viewer(pub(crate) AdminInfo);

/// Whoever may change things, too.
pub(crate) struct Administrator {
    actor: Actor,
}

impl Administrator {
    /// The store, whose changes are written down as this administrator's.
    pub(crate) fn store(self, app: &App) -> Store {
        app.store.acting_as(self.actor)
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let presented = bearer_of(&parts.headers);
        if let Some(presented) = presented
            && let Some(admin) = app.store.admin_by_secret(presented).await?
        {
            app.limits.request_of_admin(admin.id)?;
            return Ok(Self(admin));
        }
        // What is wrong with whatever else came is told as everywhere.
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
        if admin.role != Role::Admin {
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
