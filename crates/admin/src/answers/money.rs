//! Money, as administrators look at it.

answers! {
    /// What a token is worth.
    Price {
        /// The currency (ISO 4217).
        currency: String,
        /// One token, in millionths of a unit.
        token_micros: u64,
    }

    /// A sum of money.
    Sum {
        /// The currency (ISO 4217).
        currency: String,
        /// In millionths of a unit.
        micros: u64,
    }
}
