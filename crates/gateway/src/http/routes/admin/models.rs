//! `GET /api/admin/models`: the models that are offered, their providers, and their margins.

use ai_now_protocol::{MediaKind, Model};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{Price, Sum};
use crate::domain::Cost;
use crate::http::administrator::Viewer;
use crate::http::openapi::Keyed;
use crate::http::routes::system::json;
use crate::http::state::App;

/// A model that is offered.
#[derive(Serialize, ToSchema)]
struct AdminModel {
    /// Its id.
    id: String,
    /// Its name for people.
    name: String,
    /// What it makes.
    kind: MediaKind,
    /// What a generation without options costs, in tokens.
    price_tokens: u32,
    /// What these tokens are worth, in millionths of a unit of the price's currency. Absent: not
    /// configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_micros: Option<i64>,
    /// Its providers, in the order in which they are tried.
    routes: Vec<ModelRoute>,
}

/// A provider of a model.
#[derive(Serialize, ToSchema)]
struct ModelRoute {
    /// Its name in the settings.
    provider: String,
    /// What it will probably bill for a generation without options. Absent: not configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Sum>,
    /// The margin, in millionths of a unit of its currency. Absent: price or cost is unknown, or
    /// they have different currencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_micros: Option<i64>,
}

/// The models that are offered.
#[derive(Serialize, ToSchema)]
struct AdminModels {
    /// In the order of the catalog.
    models: Vec<AdminModel>,
    /// What a token is worth. Absent: not configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
}

/// The models that are offered, with their providers, prices, costs and margins.
#[utoipa::path(
    get,
    path = "/models",
    operation_id = "listModels",
    tag = "admin",
    responses((status = 200, description = "The models.", body = AdminModels), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn list(State(app): State<App>, _: Viewer) -> Response {
    let models =
        app.generations.catalog().models.iter().map(|model| admin_model(&app, model)).collect();
    json(StatusCode::OK, &AdminModels { models, price: Price::of(&app.config) })
}

fn admin_model(app: &App, model: &Model) -> AdminModel {
    let price_tokens = model.price_tokens(&ai_now_protocol::Scalars::new());
    let value = app.config.token_price.map(|price| price.of(price_tokens.into()));
    let route = |(provider, cost): (String, Option<Cost>)| ModelRoute {
        margin_micros: margin(value, &app.config.currency, cost.as_ref()),
        provider,
        cost: cost.map(Sum::from),
    };
    AdminModel {
        id: model.id.to_string(),
        name: model.name.to_string(),
        kind: model.kind,
        price_tokens,
        value_micros: value,
        routes: app.generations.estimates(model).into_iter().map(route).collect(),
    }
}

fn margin(value: Option<i64>, currency: &str, cost: Option<&Cost>) -> Option<i64> {
    let cost = cost.filter(|cost| cost.currency == currency)?;
    Some(value?.saturating_sub(i64::try_from(cost.micros).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_needs_a_price_and_a_cost_in_one_currency() {
        let cost = |currency: &str| Some(Cost { currency: currency.into(), micros: 300 });
        for (value, cost, left) in [
            (Some(1000), cost("USD"), Some(700)),
            (Some(100), cost("USD"), Some(-200)),
            (Some(1000), cost("EUR"), None),
            (None, cost("USD"), None),
            (Some(1000), None, None),
        ] {
            assert_eq!(margin(value, "USD", cost.as_ref()), left, "{value:?} {cost:?}");
        }
    }
}
