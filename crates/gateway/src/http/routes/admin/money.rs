//! Money for administrators: sums at providers, and what tokens are worth.

use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Config;
use crate::domain::Cost;

/// What a token is worth. It is only shown: charges are in tokens.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Price {
    /// The currency (ISO 4217).
    currency: String,
    /// One token, in millionths of a unit.
    token_micros: u64,
}

impl Price {
    /// As configured; `None` if it is not.
    pub(crate) fn of(config: &Config) -> Option<Self> {
        let token_micros = config.token_price?.micros();
        Some(Self { currency: config.currency.clone(), token_micros })
    }
}

/// A sum of money.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Sum {
    /// The currency (ISO 4217).
    pub(super) currency: String,
    /// The sum, in millionths of a unit.
    pub(super) micros: u64,
}

impl From<Cost> for Sum {
    fn from(Cost { currency, micros }: Cost) -> Self {
        Self { currency, micros }
    }
}
