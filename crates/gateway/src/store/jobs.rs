//! What was asked of providers: the intent before it is asked, the provider's own name for the
//! job once it was taken. It must not know what such a name means.

use sqlx::SqliteConnection;

use super::costs::JobCost;
use super::database::Store;
use super::sql;
use crate::domain::{Cost, StoreError};

/// What is written down about a generation at a provider.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderJob {
    /// The generation.
    pub generation_id: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// How many submissions were begun of which nobody knows whether they were taken.
    pub unclear: u32,
    /// What the provider calls its job, once it was taken.
    pub handle: Option<String>,
}

impl Store {
    /// What is written down about a generation at whichever provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn provider_job(&self, id: &str) -> Result<Option<ProviderJob>, StoreError> {
        let row = sqlx::query_as(sql::PROVIDER_JOB).bind(id).fetch_optional(&self.reader).await?;
        Ok(row)
    }

    /// The jobs of generations that have ended: providers that may have to be told so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn abandoned_provider_jobs(&self) -> Result<Vec<ProviderJob>, StoreError> {
        let rows = sqlx::query_as(sql::ABANDONED_PROVIDER_JOBS).fetch_all(&self.reader).await?;
        Ok(rows)
    }

    /// Forgets what was asked of providers for a generation that has ended. One that has not is
    /// left as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_provider_job(&self, id: &str) -> Result<(), StoreError> {
        let known = self.provider_job(id).await?.is_some();
        if !known {
            // Most generations never had one, and a commit costs a wait for the disk.
            return Ok(());
        }
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(sql::FORGET_PROVIDER_JOB).bind(id).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// What one provider may write down about one generation.
    pub fn submission_record(&self, generation_id: &str, provider: &str) -> SubmissionRecord {
        SubmissionRecord {
            store: self.clone(),
            generation_id: generation_id.to_owned(),
            provider: provider.to_owned(),
            costs: None,
        }
    }
}

/// What one provider writes down about one generation, and reads again after a restart.
#[derive(Clone)]
pub struct SubmissionRecord {
    store: Store,
    generation_id: String,
    provider: String,
    /// The model, and what a job is expected to cost.
    costs: Option<(String, Option<Cost>)>,
}

/// What a submission record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmissionState {
    /// So many submissions were begun of which nobody knows whether they were taken.
    Unclear(u32),
    /// The job was taken, and is called this.
    Submitted(String),
}

impl SubmissionRecord {
    /// With what each job of this generation is expected to cost, as far as that is known.
    #[must_use]
    pub fn with_cost(self, model: &str, cost: Option<Cost>) -> Self {
        Self { costs: Some((model.to_owned(), cost)), ..self }
    }

    /// What was written down.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<SubmissionState, StoreError> {
        let job = self.store.provider_job(&self.generation_id).await?;
        Ok(match job.filter(|job| job.provider == self.provider) {
            Some(ProviderJob { handle: Some(handle), .. }) => SubmissionState::Submitted(handle),
            Some(ProviderJob { unclear, .. }) => SubmissionState::Unclear(unclear),
            None => SubmissionState::Unclear(0),
        })
    }

    /// Writes down that a submission is about to be sent.
    ///
    /// # Errors
    /// [`StoreError`]; then it must not be sent.
    pub async fn intend(&self) -> Result<(), StoreError> {
        match self.change(sql::INTEND_SUBMISSION, None).await? {
            0 => Err(StoreError::NotWritten("the generation has ended".into())),
            _ => Ok(()),
        }
    }

    /// Writes down that the last submission was clearly not taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn not_taken(&self) -> Result<(), StoreError> {
        self.change(sql::SUBMISSION_NOT_TAKEN, None).await.map(drop)
    }

    /// Writes down that the job was taken, and what it is called.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn taken(&self, handle: &str) -> Result<(), StoreError> {
        self.change(sql::SUBMISSION_TAKEN, Some(handle.to_owned())).await.map(drop)
    }

    /// Writes down that a job was begun that has no name: it costs what it costs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begun(&self) -> Result<(), StoreError> {
        let Some(cost) = self.job_cost(None) else { return Ok(()) };
        let writing = self.store.writer.write(move |connection| {
            Box::pin(async move { Ok(cost.estimated(connection).await?) })
        });
        writing.await
    }

    /// Writes down what the last job has cost, as the provider says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn billed(&self, cost: Cost) -> Result<(), StoreError> {
        let Some(cost) = self.job_cost(Some(cost)) else { return Ok(()) };
        let writing = self
            .store
            .writer
            .write(move |connection| Box::pin(async move { Ok(cost.billed(connection).await?) }));
        writing.await
    }

    /// The job with this cost, or with the one that is expected. `None`: nobody knows one.
    fn job_cost(&self, cost: Option<Cost>) -> Option<JobCost> {
        let (model, expected) = self.costs.clone()?;
        Some(JobCost {
            generation_id: self.generation_id.clone(),
            provider: self.provider.clone(),
            model,
            cost: cost.or(expected)?,
        })
    }

    /// Writes down that the job ended there without a result: there is nothing to go on with, and
    /// nothing in the making.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn start_over(&self) -> Result<(), StoreError> {
        self.change(sql::RESET_SUBMISSION, None).await.map(drop)
    }

    /// How many records it changed.
    async fn change(&self, sql: &'static str, handle: Option<String>) -> Result<u64, StoreError> {
        let (id, provider) = (self.generation_id.clone(), self.provider.clone());
        // A job that was taken costs something from then on.
        let cost = handle.is_some().then(|| self.job_cost(None)).flatten();
        self.store
            .writer
            .write(move |connection: &mut SqliteConnection| {
                Box::pin(async move {
                    let mut query = sqlx::query(sql).bind(id).bind(provider);
                    if let Some(handle) = handle {
                        query = query.bind(handle);
                    }
                    let changed = query.execute(&mut *connection).await?.rows_affected();
                    if let Some(cost) = cost {
                        cost.estimated(connection).await?;
                    }
                    Ok(changed)
                })
            })
            .await
    }
}
