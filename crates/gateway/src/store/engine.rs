//! One interface to both databases: statements with bound values in, rows with named columns out.
//!
//! Changes are written once, against [`Connection`]. The differences between `SQLite` and
//! PostgreSQL stay in here: how a statement is prepared and cached, how a transaction begins and
//! ends, how locks are taken. It must not know what the tables mean.

mod connection;
mod copy;
mod dialect;
mod listen;
mod migrations;
mod pool;
mod postgres;
mod reader;
mod row;
mod sqlite;
mod value;
mod writer;

pub(super) use connection::{Connection, Query, Source, query};
pub(super) use copy::Table;
#[cfg(test)]
pub(super) use dialect::postgres as in_postgres;
pub(super) use migrations::{Version, has_tables, migrate_file};
pub(super) use pool::Pool;
pub(super) use reader::Reader;
pub(super) use row::{FromRow, Row, first};
pub(super) use sqlite::Sqlite;
pub(super) use value::{Column, Fault, Value};
pub(super) use writer::Writer;

/// Implements `FromRow` for a struct, from the columns that are named as its fields. The fields in
/// a second pair of braces are such structs themselves, read from the same row.
macro_rules! columns {
    ($type:ident { $($field:ident),* $(,)? } $({ $($flat:ident),* })?) => {
        impl $crate::store::engine::FromRow for $type {
            fn from_row(
                row: &mut $crate::store::engine::Row,
            ) -> Result<Self, $crate::domain::StoreError> {
                Ok(Self {
                    $($field: row.take(stringify!($field))?,)*
                    $($($flat: $crate::store::engine::FromRow::from_row(row)?,)*)?
                })
            }
        }
    };
}

pub(super) use columns;
