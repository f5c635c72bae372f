//! A connection to a PostgreSQL server, with a cache of prepared statements.

use deadpool_postgres::Object;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::ToSql;

use super::dialect;
use super::row::{Names, Row};
use super::value::Value;
use crate::domain::StoreError;

/// A connection taken out of its pool.
pub(in crate::store) struct Postgres {
    client: Option<Box<Object>>,
    /// Within a transaction it must not go back.
    pub(super) busy: bool,
}

impl Postgres {
    pub(super) fn new(client: Object) -> Self {
        Self { client: Some(client.into()), busy: false }
    }

    pub(super) fn client(&self) -> Result<&Object, StoreError> {
        self.client.as_deref().ok_or_else(|| StoreError::Database("there is no connection".into()))
    }

    pub(super) fn is_lost(&self) -> bool {
        self.client.as_ref().is_none_or(|client| client.is_closed())
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.client()?.batch_execute(sql).await?)
    }

    /// Runs statements, and returns the first column of their first rows; an empty text if there is
    /// no row.
    pub(super) async fn word(&self, sql: &str) -> Result<String, StoreError> {
        let answers = self.client()?.simple_query(sql).await?;
        let word = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(word.unwrap_or_default())
    }

    pub(super) async fn execute(
        &self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        let client = self.client()?;
        let statement = client.prepare_cached(&dialect::postgres(sql)).await?;
        Ok(client.execute(&statement, &bound(values)).await?)
    }

    /// Prepares a statement, unless it is cached.
    pub(super) async fn prepare(&self, sql: &'static str) -> Result<(), StoreError> {
        self.client()?.prepare_cached(&dialect::postgres(sql)).await?;
        Ok(())
    }

    pub(super) async fn rows(
        &self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.client()?;
        let statement = client.prepare_cached(&dialect::postgres(sql)).await?;
        let rows = client.query(&statement, &bound(values)).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let columns = statement.columns();
        let names: Names =
            columns.iter().map(|column| Box::from(column.name())).collect::<Vec<_>>().into();
        let row = |row: tokio_postgres::Row| {
            let values = (0..columns.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
            Ok(Row::new(names.clone(), values))
        };
        rows.into_iter().map(row).collect()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.busy
            && let Some(client) = self.client.take()
        {
            // No other user may get into its transaction: the server ends it with the connection.
            drop(Object::take(*client));
        }
    }
}

fn bound(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}
