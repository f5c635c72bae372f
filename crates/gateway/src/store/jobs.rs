//! The submissions to providers: the intent before a job is submitted, and the provider's id of the
//! job once it was taken. It must not know what such an id means.

use tokio_util::sync::CancellationToken;

use super::costs::JobCost;
use super::database::Store;
use super::engine::{Connection, columns, query};
use super::{locks, sql};
use crate::domain::{Cost, Node, StoreError};
use crate::patience::patiently;
use crate::secret;

/// The record of a generation's job at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderJob {
    /// The generation.
    pub generation_id: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// How many submissions were begun whose outcome is unknown.
    pub unclear: u32,
    /// The provider's id of the job, once it was taken.
    pub handle: Option<String>,
}

columns!(ProviderJob { generation_id, provider, unclear, handle });

impl Store {
    /// The record of a generation's job at any provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn provider_job(&self, id: &str) -> Result<Option<ProviderJob>, StoreError> {
        let row = query(sql::PROVIDER_JOB).bind(id).fetch_optional(&self.reader).await?;
        Ok(row)
    }

    /// The jobs of generations that have ended: their providers may still have to be notified.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn abandoned_provider_jobs(&self) -> Result<Vec<ProviderJob>, StoreError> {
        let rows = query(sql::ABANDONED_PROVIDER_JOBS).fetch_all(&self.reader).await?;
        Ok(rows)
    }

    /// Forgets the job of a generation that has ended. The job of an active generation is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_provider_job(&self, id: &str) -> Result<(), StoreError> {
        let known = self.provider_job(id).await?.is_some();
        if !known {
            // Most generations never had one, and a commit waits for the disk.
            return Ok(());
        }
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    query(sql::FORGET_PROVIDER_JOB).bind(id).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The submission record of one provider for a generation that a node runs.
    pub fn submission_record(
        &self,
        generation_id: &str,
        node: Node,
        provider: &str,
    ) -> SubmissionRecord {
        let given_up = CancellationToken::new();
        given_up.cancel();
        SubmissionRecord {
            store: self.clone(),
            generation_id: generation_id.to_owned(),
            node,
            provider: provider.to_owned(),
            costs: None,
            given_up,
        }
    }
}

/// The submission record of one generation at one provider. It is read again after a restart.
#[derive(Clone)]
pub struct SubmissionRecord {
    store: Store,
    generation_id: String,
    node: Node,
    provider: String,
    /// The model, and the estimated cost of a job.
    costs: Option<(String, Option<Cost>)>,
    /// Until this is cancelled, failed reads and writes are repeated.
    given_up: CancellationToken,
}

/// The state of a submission record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmissionState {
    /// So many submissions were begun whose outcome is unknown.
    Unclear(u32),
    /// The job was taken, and has this id.
    Submitted(String),
}

impl SubmissionRecord {
    /// Sets the estimated cost of each job of this generation, if known.
    #[must_use]
    pub fn with_cost(self, model: &str, cost: Option<Cost>) -> Self {
        Self { costs: Some((model.to_owned(), cost)), ..self }
    }

    /// Waits for a store that is unavailable, until the generation is `given_up`. Without this, it
    /// does not wait.
    #[must_use]
    pub fn with_patience(self, given_up: CancellationToken) -> Self {
        Self { given_up, ..self }
    }

    /// Reads the record.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<SubmissionState, StoreError> {
        let reading = || self.store.provider_job(&self.generation_id);
        let job = self.patiently("reading of a submission", reading).await?;
        Ok(match job.filter(|job| job.provider == self.provider) {
            Some(ProviderJob { handle: Some(handle), .. }) => SubmissionState::Submitted(handle),
            Some(ProviderJob { unclear, .. }) => SubmissionState::Unclear(unclear),
            None => SubmissionState::Unclear(0),
        })
    }

    /// Records that a submission is about to be sent.
    ///
    /// # Errors
    /// [`StoreError`]; then it must not be sent.
    pub async fn intend(&self) -> Result<(), StoreError> {
        match self.change(sql::INTEND_SUBMISSION, None).await? {
            0 => Err(StoreError::NotWritten(
                "the generation has ended, or another gateway has it".into(),
            )),
            _ => Ok(()),
        }
    }

    /// Records that the last submission was clearly not taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn not_taken(&self) -> Result<(), StoreError> {
        self.change(sql::SUBMISSION_NOT_TAKEN, None).await.map(drop)
    }

    /// Records that the job was taken, and its id. `false`: another gateway runs the generation, or it
    /// is gone, and nobody will ask for this job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn taken(&self, handle: &str) -> Result<bool, StoreError> {
        Ok(self.change(sql::SUBMISSION_TAKEN, Some(handle.to_owned())).await? > 0)
    }

    /// Records that a job without an id was begun: it costs its estimate.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begun(&self) -> Result<(), StoreError> {
        let Some(cost) = self.job_cost(None) else { return Ok(()) };
        let write_id = new_write_id();
        let writing = || {
            let cost = cost.clone();
            let writer = &self.store.writer;
            writer.write(move |connection| {
                Box::pin(async move { cost.estimated(connection, write_id).await })
            })
        };
        self.patiently("a job's cost", writing).await
    }

    /// Records the cost of the last job, as the provider reported it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn billed(&self, cost: Cost) -> Result<(), StoreError> {
        let Some(cost) = self.job_cost(Some(cost)) else { return Ok(()) };
        let writing = self
            .store
            .writer
            .write(move |connection| Box::pin(async move { cost.billed(connection).await }));
        writing.await
    }

    /// The job with this cost, or with the estimate. `None`: neither is known.
    fn job_cost(&self, cost: Option<Cost>) -> Option<JobCost> {
        let (model, expected) = self.costs.clone()?;
        Some(JobCost {
            generation_id: self.generation_id.clone(),
            provider: self.provider.clone(),
            model,
            cost: cost.or(expected)?,
        })
    }

    /// Records that the job ended without a result: no job is being made any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn start_over(&self) -> Result<(), StoreError> {
        self.change(sql::RESET_SUBMISSION, None).await.map(drop)
    }

    /// How many records it changed.
    async fn change(&self, sql: &'static str, handle: Option<String>) -> Result<u64, StoreError> {
        let write_id = new_write_id();
        let writing = || self.change_once(sql, write_id, handle.clone());
        self.patiently("a submission record", writing).await
    }

    async fn patiently<T, Attempt: Future<Output = Result<T, StoreError>>>(
        &self,
        what: &str,
        attempt: impl Fn() -> Attempt,
    ) -> Result<T, StoreError> {
        patiently(&self.given_up, &self.generation_id, what, attempt).await
    }

    /// Tried again under the same number, it counts once: where nobody could say how the first try ended,
    /// it may have been kept.
    pub(super) async fn change_once(
        &self,
        sql: &'static str,
        write_id: i64,
        handle: Option<String>,
    ) -> Result<u64, StoreError> {
        let (id, node, provider) = (self.generation_id.clone(), self.node, self.provider.clone());
        // A job that was taken has a cost from then on.
        let cost = handle.is_some().then(|| self.job_cost(None)).flatten();
        self.store
            .writer
            .write(move |connection: &mut Connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    let mut query = query(sql).bind(id).bind(provider).bind(node.0).bind(write_id);
                    if let Some(handle) = handle {
                        query = query.bind(handle);
                    }
                    let changed = query.execute(&mut *connection).await?;
                    if let Some(cost) = cost {
                        cost.estimated(connection, write_id).await?;
                    }
                    Ok(changed)
                })
            })
            .await
    }
}

/// A number that no other write about the same generation has.
pub(super) fn new_write_id() -> i64 {
    i64::from_le_bytes(secret::random())
}
