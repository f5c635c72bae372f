//! Who asks for generations, and pays for them.

/// A key or a visitor that may ask for generations, and owns those it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The key that the request came with, or that admitted the visitor.
    pub key_id: i64,
    /// The account that pays.
    pub account_id: i64,
    /// The visitor, where the request came with a session.
    pub visitor_id: Option<i64>,
    /// How many tokens all visitors of the key together may use in 24 hours.
    pub tokens_per_day: Option<u32>,
}
