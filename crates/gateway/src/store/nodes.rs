//! The gateways that share a store: which of them are alive, and which one runs each generation.
//!
//! A working gateway is a node: it has a number that is allocated once and rises, and a lease that
//! it renews. A generation belongs to the node that runs it. Once the lease has lapsed, any other
//! node may take the generation over, and later writes of the old node have no effect: its number
//! is the fencing token. Times are the store's own, so that a gateway whose clock jumps loses
//! nothing. It must not know what running means.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc;

use super::database::{Store, signed};
use super::engine::query;
use super::events::{claim, is_run_by};
use super::generations::GenerationRow;
use super::notices::NoticeEvent;
use super::{locks, sql};
use crate::domain::{Node, StoreError};

/// The lease of a gateway that is alone with its store: a hundred years.
const FOR_GOOD: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// What a node has claimed.
#[derive(Debug)]
pub struct Claimed {
    /// How many generations belong to the node now that did not before.
    pub taken: usize,
    /// Those that can be run, the oldest first. The others were cancelled meanwhile, or `failed`.
    pub rows: Vec<GenerationRow>,
    /// Why some could not be read. They belong to the node all the same.
    pub failed: Option<StoreError>,
}

impl Store {
    /// Whether other gateways may use the same store.
    pub fn is_shared(&self) -> bool {
        self.notices.are_shared()
    }

    /// Sends all gateways a text of at most [`super::NOTICE_MAX_BYTES`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn notify(&self, text: String) -> Result<(), StoreError> {
        self.notices.publish(text).await
    }

    /// Receives the notices of all gateways from now on. It ends with the store.
    pub fn notices(&self) -> mpsc::Receiver<NoticeEvent> {
        self.notices.subscribe()
    }

    /// The same store, shared by several gateways of one process.
    #[cfg(test)]
    pub(crate) fn shared_in_memory(&self) -> Self {
        Self { notices: super::testing::in_memory(), ..self.clone() }
    }

    /// Takes part from now on, with a lease of this length. Where no other gateway can use the
    /// store, the nodes of before are gone with this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn join(&self, lease: Duration) -> Result<Node, StoreError> {
        let alone = !self.is_shared();
        // A gateway that is alone doesn't renew its lease: no gateway could take over.
        let lease_ms = lease_ms(if alone { FOR_GOOD } else { lease });
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if alone {
                        query(sql::FORGET_NODES).execute(&mut *connection).await?;
                    }
                    query(sql::JOIN).bind(lease_ms).fetch_one(connection).await.map(Node)
                })
            })
            .await
    }

    /// Renews a lease. `false`: it had lapsed, and other nodes may run its generations.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew_lease(&self, node: Node, lease: Duration) -> Result<bool, StoreError> {
        let lease_ms = lease_ms(lease);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // Nodes that lapsed long ago own nothing any more.
                    query(sql::FORGET_LAPSED_NODES).execute(connection).await?;
                    let renewing = query(sql::RENEW_LEASE).bind(lease_ms).bind(node.0);
                    Ok(renewing.execute(connection).await? > 0)
                })
            })
            .await
    }

    /// Leaves: other nodes may take what this node has not finished, at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave(&self, node: Node) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    query(sql::LEAVE).bind(node.0).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Claims up to `limit` unfinished generations that no living node runs, the oldest first: they
    /// are queued again, with unused numbers for their events. Concurrent nodes claim different
    /// ones.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not known whether any were claimed. A claim lapses with the node's
    /// lease.
    pub async fn claim_generations(&self, node: Node, limit: usize) -> Result<Claimed, StoreError> {
        let limit = signed(limit as u64);
        let taking = self.writer.write(move |connection| {
            Box::pin(async move {
                query(sql::CLAIM_GENERATIONS).bind(node.0).bind(limit).fetch_all(connection).await
            })
        });
        let ids: Vec<String> = taking.await?;
        let claims = join_all(ids.into_iter().map(|id| self.claimed(node, id))).await;
        let mut claimed = Claimed { taken: claims.len(), rows: Vec::new(), failed: None };
        for claim in claims {
            match claim {
                Ok(row) => claimed.rows.extend(row),
                Err(error) => claimed.failed = Some(error),
            }
        }
        claimed.rows.sort_by(|a, b| (a.created_at_ms, &a.id).cmp(&(b.created_at_ms, &b.id)));
        Ok(claimed)
    }

    /// Gives up generations that a node runs according to the store: any node may claim them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_generations(
        &self,
        node: Node,
        ids: Vec<String>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for id in ids {
                        locks::account_of_generation(connection, &id).await?;
                        let releasing = query(sql::RELEASE_GENERATION).bind(node.0).bind(id);
                        releasing.execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// A generation that a node has claimed, with its next numbers. `None`: it was cancelled
    /// meanwhile.
    async fn claimed(&self, node: Node, id: String) -> Result<Option<GenerationRow>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    if !is_run_by(connection, &id, node).await? {
                        return Ok(None);
                    }
                    claim(connection, &id).await?;
                    query(sql::GENERATION).bind(&*id).fetch_optional(connection).await
                })
            })
            .await
    }

    /// The unfinished generations that a node runs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generations_of_node(&self, node: Node) -> Result<HashSet<String>, StoreError> {
        let ids: Vec<String> =
            query(sql::GENERATIONS_OF_NODE).bind(node.0).fetch_all(&self.reader).await?;
        Ok(ids.into_iter().collect())
    }

    /// A secret that is the same for all gateways of the store: the stored one, or this one from
    /// now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shared_secret(&self, name: &str, new: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (name, new) = (name.to_owned(), new.to_vec());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    query(sql::KEEP_SECRET).bind(&*name).bind(new).execute(connection).await?;
                    query(sql::SECRET).bind(&*name).fetch_one(connection).await
                })
            })
            .await
    }

    /// How many living nodes there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn living_nodes(&self) -> Result<usize, StoreError> {
        let count: i64 = query(sql::LIVING_NODES).fetch_one(&self.reader).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// How many generations are unfinished, at all nodes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_unfinished(&self) -> Result<usize, StoreError> {
        let count: i64 = query(sql::COUNT_UNFINISHED).fetch_one(&self.reader).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

fn lease_ms(lease: Duration) -> i64 {
    i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)
}
