//! What a publishable key is for, changed after it was made: the origins of its pages, and what their visitors
//! may spend.

use serde_json::{Value, json};

use super::engine::{Connection, query};
use super::sql;
use crate::domain::StoreError;

/// The limits of a publishable key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publishable {
    /// What one visitor may spend, in tokens.
    pub visitor_budget: u32,
    /// How many new visitors one network address may be within 24 hours.
    pub visitors_per_address: u32,
    /// What all its visitors together may have held and not got back within 24 hours, in tokens.
    pub tokens_per_day: u32,
}

/// What of a publishable key's pages is to be another. `None`: it stays.
#[derive(Clone, Debug, Default)]
pub struct PagesChange {
    /// The exact origins of its pages. Sessions of pages of others end.
    pub origins: Option<Vec<String>>,
    /// See [`Publishable`]. It is the budget of visitors who come from then on.
    pub visitor_budget: Option<u32>,
    /// See [`Publishable`].
    pub visitors_per_address: Option<u32>,
    /// See [`Publishable`].
    pub tokens_per_day: Option<u32>,
}

impl PagesChange {
    /// Whether nothing is to be another.
    pub(super) fn is_empty(&self) -> bool {
        let Self { origins, visitor_budget, visitors_per_address, tokens_per_day } = self;
        origins.is_none()
            && [visitor_budget, visitors_per_address, tokens_per_day].iter().all(|n| n.is_none())
    }
}

/// Changes them. What was so before, and what is so now, as the activity log says it.
pub(super) async fn change(
    connection: &mut Connection,
    key_id: i64,
    old: &Publishable,
    change: PagesChange,
) -> Result<(Value, Value), StoreError> {
    let known = query(sql::KEY_ORIGINS).bind(key_id).fetch_all(&mut *connection).await?;
    let limits = Publishable {
        visitor_budget: change.visitor_budget.unwrap_or(old.visitor_budget),
        visitors_per_address: change.visitors_per_address.unwrap_or(old.visitors_per_address),
        tokens_per_day: change.tokens_per_day.unwrap_or(old.tokens_per_day),
    };
    let origins = change.origins.unwrap_or_else(|| known.clone());
    let mut writes = vec![
        query(sql::CHANGE_KEY_PAGES)
            .bind(limits.visitor_budget)
            .bind(limits.visitors_per_address)
            .bind(limits.tokens_per_day)
            .bind(key_id),
        query(sql::DELETE_KEY_ORIGINS).bind(key_id),
    ];
    let insert = |origin| query(sql::INSERT_KEY_ORIGIN).bind(key_id).bind(origin);
    writes.extend(origins.iter().map(insert));
    connection.together(writes).await?;
    Ok((described(old, &known), described(&limits, &origins)))
}

fn described(limits: &Publishable, origins: &[String]) -> Value {
    json!({
        "origins": origins,
        "visitor_budget": limits.visitor_budget,
        "visitors_per_address": limits.visitors_per_address,
        "tokens_per_day": limits.tokens_per_day,
    })
}
