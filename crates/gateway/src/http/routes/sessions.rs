//! `POST /api/sessions`: opens a session, a short-lived token for a visitor, in place of a key.

use ai_now_protocol::Code;
use ai_now_protocol::api::Session;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::system::{balance_of, json};
use crate::domain::Principal;
use crate::http::allowed;
use crate::http::body::MaybeJson;
use crate::http::error::Problem;
use crate::http::extract::{Caller, ended_session, missing};
use crate::http::openapi::{Keyed, Sent};
use crate::http::origin::{client_address, is_own_page};
use crate::http::state::App;
use crate::limits::network;
use crate::secret;
use crate::store::{KeyInfo, NewVisitor, Publishable, VisitorError};

/// What a site's own server may decide about the session. All of it is optional.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SessionRequest)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wishes {
    /// How many tokens the visitor may spend in total. Absent: what the account has.
    #[serde(deserialize_with = "ai_now_protocol::whole::optional")]
    budget: Option<u32>,
    /// For how many seconds the session is valid: 60 to 86400.
    #[schema(minimum = 60, maximum = 86_400)]
    #[serde(deserialize_with = "ai_now_protocol::whole::optional")]
    lifetime_secs: Option<u32>,
    /// The visitor's identity in the site's own terms. Absent: a new visitor.
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
}

/// How many new visitors of a demo may come from one address in a day. They leave a row each.
const DEMO_VISITORS_PER_ADDRESS: u32 = 5000;

pub(super) const LIFETIME_SECS: std::ops::RangeInclusive<u32> = 60..=86_400;
pub(super) const SUBJECT_MAX_BYTES: usize = 200;

/// Opens a session: a short-lived token for a visitor, in place of a key.
///
/// A site's own server uses its secret key and may choose budget, lifetime and subject. A page uses
/// a publishable key from an origin of that key, or its session, to renew it, even after it has
/// expired; up to a day after the first session was opened, unless the gateway's settings
/// (`session_max_secs`) say otherwise. Without either, only the gateway's own page gets a session,
/// and only where it is a demo.
#[utoipa::path(
    post,
    path = "/sessions",
    operation_id = "openSession",
    tag = "account",
    request_body = Option<Wishes>,
    responses(
        (status = 201, description = "The session. Its token is shown this one time.", body = Session),
        Keyed,
        Sent,
    ),
    security(("key" = []), ())
)]
pub(crate) async fn open(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    wishes: MaybeJson<Wishes>,
) -> Result<Response, Problem> {
    let wishes = wishes.0.unwrap_or_default();
    let lifetime_secs = wishes.lifetime_secs.unwrap_or(app.config.session_secs);
    let caller = match Caller::of(&app, &headers).await {
        Err(problem) => {
            let ended = ended_session(&app, &headers).await?;
            Some(Caller::Session(ended.ok_or(problem)?))
        }
        caller => caller?,
    };
    let token = match caller {
        Some(Caller::Session(session)) => {
            check_plain(&wishes)?;
            if !session.is_renewable(app.config.session_max_secs) {
                return Err(Problem::unauthorized(
                    Code::InvalidKey,
                    "This session can't be renewed any longer. Open a new one with a key.",
                ));
            }
            app.limits.request_of(session.key_id, Some(session.visitor_id))?;
            let expires_in_secs = session.lifetime_secs;
            let token = app.store.renew_session(session).await?;
            return answer(&app, token, expires_in_secs).await;
        }
        Some(Caller::Key(KeyInfo { id, publishable: None, .. })) => {
            app.limits.request_of(id, None)?;
            check_wishes(&wishes)?;
            let subject = wishes.subject.unwrap_or_else(secret::name);
            let budget = wishes.budget;
            let origin = None;
            let new =
                NewVisitor { key_id: id, subject, budget, address: None, origin, lifetime_secs };
            open_for(&app, new).await?
        }
        Some(Caller::Key(KeyInfo { id, publishable: Some(limits), .. })) => {
            check_plain(&wishes)?;
            let origin = allowed_origin(&app, id, &headers).await?;
            let address = network(client_address(&app, &headers, &extensions));
            open_for(&app, visitor_of(&app, id, limits, origin, &address.to_string())).await?
        }
        None => {
            let key = app.demo_key.as_ref().filter(|_| is_own_page(&app, &headers, &extensions));
            let key_id = key.ok_or_else(missing)?.id;
            // It may have been revoked since the start.
            if !app.store.owner_is_good(key_id, None).await? {
                return Err(missing());
            }
            check_plain(&wishes)?;
            let subject = secret::name();
            let (budget, origin) = (None, None);
            let address = network(client_address(&app, &headers, &extensions)).to_string();
            let address = Some((app.signing.disguise(&address), DEMO_VISITORS_PER_ADDRESS));
            open_for(&app, NewVisitor { key_id, subject, budget, address, origin, lifetime_secs })
                .await?
        }
    };
    answer(&app, token, lifetime_secs).await
}

/// The visitor of a publishable key: a new one, with the key's budget.
fn visitor_of(
    app: &App,
    key_id: i64,
    limits: Publishable,
    origin: String,
    address: &str,
) -> NewVisitor {
    NewVisitor {
        key_id,
        subject: secret::name(),
        budget: Some(limits.visitor_budget),
        address: Some((app.signing.disguise(address), limits.visitors_per_address)),
        origin: Some(origin),
        lifetime_secs: app.config.session_secs,
    }
}

async fn allowed_origin(app: &App, key_id: i64, headers: &HeaderMap) -> Result<String, Problem> {
    let refused = || {
        Problem::forbidden(
            Code::OriginNotAllowed,
            "This publishable key is for pages of other origins.",
        )
    };
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let origin = origin.ok_or_else(refused)?;
    if app.store.key_allows_origin(key_id, origin).await? {
        Ok(origin.to_owned())
    } else {
        Err(refused())
    }
}

async fn open_for(app: &App, new: NewVisitor) -> Result<String, Problem> {
    app.store.open_session(new).await?.map_err(|refusal| match refusal {
        VisitorError::TooManyFromAddress => Problem::too_many(
            Code::TooManyVisitors,
            "Too many visitors came from this network today. Come back tomorrow.",
            std::time::Duration::from_secs(3600),
        ),
        VisitorError::BudgetBelowSpent => Problem::bad_request(
            Code::BudgetBelowSpent,
            "This visitor has already spent more than this budget. Raise it.",
        ),
    })
}

async fn answer(app: &App, token: String, expires_in_secs: u32) -> Result<Response, Problem> {
    let opened = app.store.session_by_token(&token).await?.ok_or_else(Problem::internal)?;
    let principal = Principal::try_from(Caller::Session(opened))?;
    let balance = balance_of(app, &principal).await?;
    Ok(json(StatusCode::CREATED, &Session { token, expires_in_secs, balance }))
}

fn check_wishes(wishes: &Wishes) -> Result<(), Problem> {
    if wishes.lifetime_secs.is_some_and(|secs| !LIFETIME_SECS.contains(&secs)) {
        return Err(Problem::invalid_parameter(
            "lifetime_secs",
            allowed::range(*LIFETIME_SECS.start(), (*LIFETIME_SECS.end()).into()),
        ));
    }
    let long = |subject: &String| subject.is_empty() || subject.len() > SUBJECT_MAX_BYTES;
    if wishes.subject.as_ref().is_some_and(long) {
        return Err(Problem::invalid_parameter(
            "subject",
            allowed::length(1, SUBJECT_MAX_BYTES as u32),
        ));
    }
    Ok(())
}

/// Only a secret key decides about budgets, lifetimes and subjects.
fn check_plain(wishes: &Wishes) -> Result<(), Problem> {
    let Wishes { budget, lifetime_secs, subject } = wishes;
    if budget.is_some() || lifetime_secs.is_some() || subject.is_some() {
        return Err(Problem::forbidden(
            Code::SecretKeyRequired,
            "Only a secret key can choose budget, lifetime and subject. Leave them out.",
        ));
    }
    Ok(())
}
