//! The owner of generations, who pays for them.

/// An API key, or one visitor of it, by their ids.
pub type Owner = (i64, Option<i64>);

/// A key or a visitor that submits generations and owns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The key of the request, or the publishable key that admitted the visitor.
    pub key_id: i64,
    /// The account that pays.
    pub account_id: i64,
    /// The visitor, where the request came with a session.
    pub visitor_id: Option<i64>,
    /// How many tokens all visitors of the key together may use in 24 hours.
    pub tokens_per_day: Option<u32>,
}

impl Principal {
    /// The owner of what this key, or this visitor of it, submitted. It can be used for reading
    /// only: it names no account to pay.
    pub fn reader(key_id: i64, visitor_id: Option<i64>) -> Self {
        Self { key_id, account_id: 0, visitor_id, tokens_per_day: None }
    }
}
