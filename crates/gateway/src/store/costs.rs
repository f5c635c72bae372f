//! The cost of jobs at providers: one row for each job that was taken, kept for good. It must not
//! know how a cost is computed.

use super::database::{Store, signed};
use super::engine::{Connection, columns, query};
use super::{locks, sql};
use crate::clock::now_ms;
use crate::domain::{Cost, CostBasis, StoreError};

/// What jobs of one model cost at one provider, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCost {
    /// The provider's name in the settings.
    pub provider: String,
    /// The model's id.
    pub model: String,
    /// The currency, as three capital letters.
    pub currency: String,
    /// How many jobs.
    pub jobs: u64,
    /// What they cost together, in millionths of a unit.
    pub micros: u64,
    /// How many of these jobs were billed, as the provider reported.
    pub billed_jobs: u64,
}

columns!(ProviderCost { provider, model, currency, jobs, micros, billed_jobs });

impl Store {
    /// The cost of the jobs that were taken from this moment on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn provider_costs(&self, since_ms: u64) -> Result<Vec<ProviderCost>, StoreError> {
        let rows = query(sql::PROVIDER_COSTS).bind(signed(since_ms));
        rows.fetch_all(&self.reader).await
    }
}

/// A job at a provider, and what it costs.
#[derive(Clone, Debug)]
pub(super) struct JobCost {
    pub(super) generation_id: String,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) cost: Cost,
}

impl JobCost {
    /// Writes down what a job is expected to cost, which was just taken: once under this number.
    pub(super) async fn estimated(
        self,
        connection: &mut Connection,
        write_id: i64,
    ) -> Result<(), StoreError> {
        self.insert(connection, CostBasis::Estimated, Some(write_id)).await
    }

    /// Records the reported cost of the last job, in place of the estimate or of an earlier report.
    pub(super) async fn billed(self, connection: &mut Connection) -> Result<(), StoreError> {
        let Self { generation_id, provider, .. } = &self;
        locks::account_of_generation(connection, generation_id).await?;
        count_late(connection, generation_id, provider, -1).await?;
        let forget = query(sql::FORGET_LAST_COST).bind(generation_id).bind(provider);
        forget.execute(&mut *connection).await?;
        self.insert(connection, CostBasis::Billed, None).await
    }

    async fn insert(
        self,
        connection: &mut Connection,
        basis: CostBasis,
        write_id: Option<i64>,
    ) -> Result<(), StoreError> {
        let Self { generation_id, provider, model, cost } = self;
        let inserted = query(sql::INSERT_PROVIDER_COST)
            .bind(&generation_id)
            .bind(&provider)
            .bind(model)
            .bind(cost.currency)
            .bind(signed(cost.micros))
            .bind(basis.name())
            .bind(signed(now_ms()))
            .bind(write_id)
            .execute(&mut *connection)
            .await?;
        if inserted == 0 {
            return Ok(());
        }
        count_late(connection, &generation_id, &provider, 1).await
    }
}

/// Adds the last cost of an ended generation to the usage, or subtracts it: the end counted what
/// was known then.
async fn count_late(
    connection: &mut Connection,
    generation_id: &str,
    provider: &str,
    times: i64,
) -> Result<(), StoreError> {
    let counting = query(sql::COUNT_LATE_COST).bind(generation_id).bind(provider).bind(times);
    counting.execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Node;
    use crate::metrics::Metrics;

    fn usd(micros: u64) -> Cost {
        Cost { currency: "USD".into(), micros }
    }

    #[tokio::test]
    async fn each_job_that_was_taken_is_counted_once_by_what_is_known_of_it() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let record = |id: &str, micros| {
            store.submission_record(id, Node(1), "dream").with_cost("luma", Some(usd(micros)))
        };
        let all = async || store.provider_costs(0).await.unwrap();
        let row = |jobs, micros, billed_jobs| ProviderCost {
            provider: "dream".into(),
            model: "luma".into(),
            currency: "USD".into(),
            jobs,
            micros,
            billed_jobs,
        };
        assert_eq!(all().await, []);
        // Taken, failed there, and taken again: two jobs.
        record("a", 10).taken("handle").await.unwrap();
        record("a", 10).start_over().await.unwrap();
        record("a", 10).taken("handle").await.unwrap();
        assert_eq!(all().await, [row(2, 20, 0)]);
        // The provider's report replaces the estimate of the last job.
        record("a", 10).billed(usd(7)).await.unwrap();
        record("a", 10).billed(usd(7)).await.unwrap();
        assert_eq!(all().await, [row(2, 17, 1)]);
        // Without an estimate, and without a handle.
        store
            .submission_record("b", Node(1), "dream")
            .with_cost("luma", None)
            .taken("b")
            .await
            .unwrap();
        store
            .submission_record("b", Node(1), "dream")
            .with_cost("luma", None)
            .billed(usd(1))
            .await
            .unwrap();
        record("c", 100).begun().await.unwrap();
        assert_eq!(all().await, [row(4, 118, 2)]);
        assert_eq!(store.provider_costs(u64::MAX).await.unwrap(), []);
        store.close().await;
    }
}
