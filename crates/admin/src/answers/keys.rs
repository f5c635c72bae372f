//! The administrator, and keys with their accounts and movements.

use ai_now_protocol::api::Balance;

use super::money::Price;

answers! {
    /// The administrator who is signed in.
    AdminSelf {
        /// The administrator's name.
        name: String,
        /// `viewer` or `admin`.
        role: String,
        /// What a token is worth, where the settings say.
        price: Option<Price>,
    }

    /// A key and its account.
    Key {
        /// Its name.
        name: String,
        /// `secret` or `publishable`.
        kind: String,
        /// The operator's label.
        label: String,
        /// When it was created.
        created_at_ms: u64,
        /// When it was revoked.
        revoked_at_ms: Option<u64>,
        /// When it expires.
        expires_at_ms: Option<u64>,
        /// Until when the key before the rotation remains valid.
        old_key_until_ms: Option<u64>,
        /// The models that it may use.
        models: Option<Vec<String>>,
        /// What it may use in a day.
        day_cap_tokens: Option<u32>,
        /// What it may use in a month.
        month_cap_tokens: Option<u32>,
        /// What it used today.
        day_tokens: u64,
        /// What it used this month.
        month_tokens: u64,
        /// Its account's tokens.
        balance: Balance,
        /// A publishable key's pages.
        publishable: Option<Pages>,
    }

    /// The pages of a publishable key, and its limits.
    Pages {
        /// The origins of the pages.
        origins: Vec<String>,
        /// What one visitor may spend.
        visitor_budget: u32,
        /// How many new visitors one address may be in 24 hours.
        visitors_per_address: u32,
        /// What all visitors may use in 24 hours.
        tokens_per_day: u32,
    }

    /// A page of the list of keys.
    KeyList {
        /// The newest first.
        keys: Vec<Key>,
        /// Where the next page begins.
        next: Option<String>,
    }

    /// A key that was created.
    CreatedKey {
        /// The key itself, shown only this time.
        secret: String,
        /// Its details.
        key: Key,
    }

    /// A movement of tokens.
    Movement {
        /// When.
        at_ms: u64,
        /// `grant`, `hold`, `capture`, `release` and others.
        kind: String,
        /// How many.
        tokens: u64,
        /// What for.
        generation: Option<String>,
        /// The administrator's reason, if there is one.
        reason: Option<String>,
    }

    /// A page of an account's movements.
    LedgerPage {
        /// The newest first.
        entries: Vec<Movement>,
        /// Where the next page begins.
        next: Option<String>,
    }
}

impl Key {
    /// Whether it is valid at a time.
    pub fn is_good(&self, now_ms: u64) -> bool {
        self.revoked_at_ms.is_none() && !self.has_expired(now_ms)
    }

    /// Whether it has expired.
    pub fn has_expired(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_some_and(|at| at <= now_ms)
    }
}
