//! Rows, and how structs are built from their named columns.

use std::sync::Arc;

use super::value::{Column, Value};
use crate::domain::StoreError;

/// The names of a statement's columns, shared by its rows.
pub(super) type Names = Arc<[Box<str>]>;

/// A row of a result.
#[derive(Debug)]
pub(in crate::store) struct Row {
    names: Names,
    values: Vec<Value>,
}

impl Row {
    pub(super) fn new(names: Names, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    /// The names of its columns.
    pub(super) fn names(&self) -> Vec<&str> {
        self.names.iter().map(|name| &**name).collect()
    }

    /// All its values, in the order of the columns.
    pub(super) fn all(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.values)
    }

    /// Takes the value of a column out of the row.
    ///
    /// # Errors
    /// [`StoreError::Database`] if there is no such column or it has another type.
    pub(in crate::store) fn take<T: Column>(&mut self, name: &str) -> Result<T, StoreError> {
        let at = self.names.iter().position(|known| **known == *name);
        let value = at.and_then(|at| self.values.get_mut(at)).map(std::mem::take);
        let value = value.ok_or_else(|| unreadable(name, "it is missing".into()))?;
        T::from_value(value).map_err(|fault| unreadable(name, fault))
    }
}

fn unreadable(name: &str, fault: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(format!("the column {name} cannot be read: {fault}").into())
}

/// A type that can be read from a row.
pub(in crate::store) trait FromRow: Sized {
    /// Takes its fields out of the row.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the row does not fit.
    fn from_row(row: &mut Row) -> Result<Self, StoreError>;
}

/// The first of a statement's rows, if there is one.
///
/// # Errors
/// As [`FromRow::from_row`].
pub(in crate::store) fn first<T: FromRow>(rows: Vec<Row>) -> Result<Option<T>, StoreError> {
    rows.into_iter().next().map(|mut row| T::from_row(&mut row)).transpose()
}

/// A row of one column.
impl<T: Column> FromRow for T {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let value = row.values.first_mut().map(std::mem::take).unwrap_or_default();
        T::from_value(value).map_err(|fault| unreadable("1", fault))
    }
}
