//! Copies whole tables from a file to a server, within an open transaction.

use std::pin::Pin;

use tokio::sync::mpsc;
use tokio_postgres::binary_copy::BinaryCopyInWriter;

use super::connection::Connection;
use super::postgres::Postgres;
use super::reader::Reader;
use super::row::Row;
use crate::domain::StoreError;

/// A table's name, and the statement that reads all its rows from a file in an order in which they
/// can be inserted.
pub(in crate::store) type Table = (&'static str, &'static str);

/// How many rows are sent at once.
const ON_THE_WAY: usize = 1024;

impl Reader {
    /// Copies tables of a file, in one snapshot, to a server, and returns how many rows each had.
    ///
    /// # Errors
    /// [`StoreError::Database`], also if the source is no file or the target no server.
    pub(in crate::store) async fn copy(
        &self,
        tables: &'static [Table],
        to: &mut Connection,
    ) -> Result<Vec<u64>, StoreError> {
        let (Self::Sqlite(files), Connection::Postgres(postgres)) = (self.clone(), to) else {
            return Err(StoreError::Database("tables are copied from a file to a server".into()));
        };
        let (sender, mut rows) = mpsc::channel(ON_THE_WAY);
        let reading = tokio::spawn(async move {
            files.run_at_once(move |connection| send(connection, tables, &sender)).await
        });
        let mut counts = Vec::with_capacity(tables.len());
        let mut next: Option<(&str, Row)> = rows.recv().await;
        for (table, _) in tables {
            let mut writer = None;
            while let Some((_, mut row)) = next.take_if(|(name, _)| *name == *table) {
                if writer.is_none() {
                    writer = Some(postgres.copy_into(table, &row).await?);
                }
                if let Some(writer) = &mut writer {
                    writer.as_mut().write_raw(row.all()).await?;
                }
                next = rows.recv().await;
            }
            counts.push(match writer {
                Some(mut writer) => writer.as_mut().finish().await?,
                None => 0,
            });
        }
        reading.await.map_err(|error| StoreError::Database(error.into()))??;
        Ok(counts)
    }
}

fn send(
    connection: &mut Connection,
    tables: &'static [Table],
    rows: &mpsc::Sender<(&'static str, Row)>,
) -> Result<(), StoreError> {
    let Connection::Sqlite(sqlite) = connection else { return Ok(()) };
    sqlite.control("BEGIN")?;
    for (table, sql) in tables {
        // The receiver has gone after an error, which it reports itself.
        sqlite.each(sql, &[], |row| rows.blocking_send((*table, row)).is_ok())?;
    }
    Ok(sqlite.control("ROLLBACK")?)
}

impl Postgres {
    /// An inserter for rows like this one.
    async fn copy_into(
        &self,
        table: &str,
        like: &Row,
    ) -> Result<Pin<Box<BinaryCopyInWriter>>, StoreError> {
        let (client, columns) = (self.client()?, like.names().join(", "));
        let read = client.prepare(&format!("SELECT {columns} FROM {table}")).await?;
        let types: Vec<_> = read.columns().iter().map(|column| column.type_().clone()).collect();
        let sink = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY")).await?;
        Ok(Box::pin(BinaryCopyInWriter::new(sink, &types)))
    }
}
