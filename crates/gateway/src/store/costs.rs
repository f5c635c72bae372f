//! What jobs cost at providers: one row for each job that was taken, kept for good. It must not know
//! how a sum comes about.

use sqlx::SqliteConnection;

use super::database::{Store, signed};
use super::sql;
use crate::clock::now_ms;
use crate::domain::{Cost, CostBasis, StoreError};

/// What jobs of one model cost at one provider, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderCost {
    /// The provider's name in the settings.
    pub provider: String,
    /// The model's id.
    pub model: String,
    /// The currency, as three capital letters.
    pub currency: String,
    /// How many jobs.
    #[sqlx(try_from = "i64")]
    pub jobs: u64,
    /// What they cost together, in millionths of a unit.
    #[sqlx(try_from = "i64")]
    pub micros: u64,
    /// How many of these jobs were counted by what the provider says of them.
    #[sqlx(try_from = "i64")]
    pub billed_jobs: u64,
}

impl Store {
    /// What the jobs cost that were taken from this moment on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn provider_costs(&self, since_ms: u64) -> Result<Vec<ProviderCost>, StoreError> {
        let rows = sqlx::query_as(sql::PROVIDER_COSTS).bind(signed(since_ms));
        Ok(rows.fetch_all(&self.reader).await?)
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
    /// Writes down what a job is expected to cost, which was just taken.
    pub(super) async fn estimated(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        self.insert(connection, CostBasis::Estimated).await
    }

    /// Writes down what the last job has cost, in place of what it was expected to cost; and of the
    /// same word from before a restart.
    pub(super) async fn billed(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let Self { generation_id, provider, .. } = &self;
        let forget = sqlx::query(sql::FORGET_LAST_COST).bind(generation_id).bind(provider);
        forget.execute(&mut *connection).await?;
        self.insert(connection, CostBasis::Billed).await
    }

    async fn insert(self, connection: &mut SqliteConnection, basis: CostBasis) -> sqlx::Result<()> {
        let Self { generation_id, provider, model, cost } = self;
        sqlx::query(sql::INSERT_PROVIDER_COST)
            .bind(generation_id)
            .bind(provider)
            .bind(model)
            .bind(cost.currency)
            .bind(signed(cost.micros))
            .bind(basis.name())
            .bind(signed(now_ms()))
            .execute(connection)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    fn usd(micros: u64) -> Cost {
        Cost { currency: "USD".into(), micros }
    }

    #[tokio::test]
    async fn each_job_that_was_taken_is_counted_once_by_what_is_known_of_it() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let record = |id: &str, micros| {
            store.submission_record(id, "dream").with_cost("luma", Some(usd(micros)))
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
        // Taken, failed there, taken again: two jobs.
        record("a", 10).taken("handle").await.unwrap();
        record("a", 10).start_over().await.unwrap();
        record("a", 10).taken("handle").await.unwrap();
        assert_eq!(all().await, [row(2, 20, 0)]);
        // What the provider says counts in place of the estimate of the last one.
        record("a", 10).billed(usd(7)).await.unwrap();
        record("a", 10).billed(usd(7)).await.unwrap();
        assert_eq!(all().await, [row(2, 17, 1)]);
        // Without an estimate, and without a handle.
        store.submission_record("b", "dream").with_cost("luma", None).taken("b").await.unwrap();
        store.submission_record("b", "dream").with_cost("luma", None).billed(usd(1)).await.unwrap();
        record("c", 100).begun().await.unwrap();
        assert_eq!(all().await, [row(4, 118, 2)]);
        assert_eq!(store.provider_costs(u64::MAX).await.unwrap(), []);
        store.close().await;
    }
}
