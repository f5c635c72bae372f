//! The circuit breakers that are open, for all gateways that share the store: opened by one, they are
//! open for all, and after the cooldown one gateway alone tries the provider. Moments are the store's own.
//!
//! It must not know when a breaker opens.

use std::time::Duration;

use super::database::{Store, signed};
use super::engine::{columns, query};
use super::sql;
use crate::domain::{Node, StoreError};

/// A circuit breaker that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBreaker {
    /// The provider's name in the settings.
    pub provider: String,
    /// When it opened, in milliseconds since 1970: the same for all gateways.
    pub opened_at_ms: u64,
    /// How long its cooldown lasts yet, in milliseconds.
    open_ms: i64,
    /// Who tries the provider, or did.
    probe_node_id: Option<i64>,
}

columns!(OpenBreaker { provider, opened_at_ms, open_ms, probe_node_id });

impl OpenBreaker {
    /// How long its cooldown lasts yet.
    pub fn open_for(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.open_ms).unwrap_or(0))
    }

    /// Whether this node tries the provider, as far as it has said.
    pub fn is_tried_by(&self, node: Node) -> bool {
        self.probe_node_id == Some(node.0)
    }
}

impl Store {
    /// Opens the breaker of a provider, or keeps it open, for so long from now on. When it opened.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_breaker(
        &self,
        provider: &str,
        cooldown: Duration,
    ) -> Result<u64, StoreError> {
        let (provider, cooldown_ms) = (provider.to_owned(), millis(cooldown));
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let opening = query(sql::OPEN_BREAKER).bind(provider).bind(cooldown_ms);
                    opening.fetch_one(connection).await
                })
            })
            .await
    }

    /// Whether this node may try a provider whose cooldown is over. It stays open for all others until
    /// the node says how that went, or is alive no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_probe(
        &self,
        provider: &str,
        node: Node,
        cooldown: Duration,
    ) -> Result<bool, StoreError> {
        let (provider, cooldown_ms) = (provider.to_owned(), millis(cooldown));
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let claiming = query(sql::CLAIM_PROBE).bind(node.0).bind(provider);
                    Ok(claiming.bind(cooldown_ms).execute(connection).await? > 0)
                })
            })
            .await
    }

    /// A node tries a provider no more, and it is not known to work: it stays open for so long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_probe(
        &self,
        provider: &str,
        node: Node,
        cooldown: Duration,
    ) -> Result<(), StoreError> {
        let (provider, cooldown_ms) = (provider.to_owned(), millis(cooldown));
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let releasing = query(sql::RELEASE_PROBE).bind(provider).bind(node.0);
                    releasing.bind(cooldown_ms).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Closes the breaker of a provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_breaker(&self, provider: &str) -> Result<(), StoreError> {
        let provider = provider.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    query(sql::CLOSE_BREAKER).bind(provider).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// The breakers that are open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_breakers(&self) -> Result<Vec<OpenBreaker>, StoreError> {
        query(sql::BREAKERS).fetch_all(&self.reader).await
    }
}

fn millis(time: Duration) -> i64 {
    signed(u64::try_from(time.as_millis()).unwrap_or(u64::MAX >> 1).min(MILLIS_MAX))
}

/// A hundred years.
const MILLIS_MAX: u64 = 100 * 365 * 24 * 60 * 60 * 1000;
