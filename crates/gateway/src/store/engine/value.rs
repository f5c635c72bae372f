//! Values as both databases keep them, and conversions to plain types.

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::domain::WebhookSecret;

/// Why a value is not what is expected.
pub(in crate::store) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The value of a column or of a placeholder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) enum Value {
    /// `NULL`.
    #[default]
    Null,
    /// Integers, and flags as 0 or 1.
    Int(i64),
    /// Texts, also JSON.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! into_value {
    ($($type:ty => |$value:ident| $made:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $made
            }
        })*
    };
}

into_value! {
    i64 => |value| Self::Int(value);
    &i64 => |value| Self::Int(*value);
    u32 => |value| Self::Int(value.into());
    bool => |value| Self::Int(value.into());
    String => |value| Self::Text(value);
    &String => |value| Self::Text(value.clone());
    &str => |value| Self::Text(value.to_owned());
    Vec<u8> => |value| Self::Blob(value);
    &[u8] => |value| Self::Blob(value.to_vec());
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a, T> From<&'a Option<T>> for Value
where
    &'a T: Into<Self>,
{
    fn from(value: &'a Option<T>) -> Self {
        value.as_ref().into()
    }
}

/// A type that a column's value can be read as.
pub(in crate::store) trait Column: Sized {
    /// The value.
    ///
    /// # Errors
    /// If it has another type.
    fn from_value(value: Value) -> Result<Self, Fault>;
}

fn other(value: &Value) -> Fault {
    let kind = match value {
        Value::Null => "nothing",
        Value::Int(_) => "a number",
        Value::Text(_) => "a text",
        Value::Blob(_) => "bytes",
    };
    format!("it holds {kind}").into()
}

impl Column for i64 {
    fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Int(number) => Ok(number),
            other_value => Err(other(&other_value)),
        }
    }
}

macro_rules! number_columns {
    ($($type:ty),*) => {
        $(impl Column for $type {
            fn from_value(value: Value) -> Result<Self, Fault> {
                Ok(i64::from_value(value)?.try_into()?)
            }
        })*
    };
}

number_columns!(u32, u64);

impl Column for bool {
    fn from_value(value: Value) -> Result<Self, Fault> {
        Ok(i64::from_value(value)? != 0)
    }
}

impl Column for String {
    fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Text(text) => Ok(text),
            other_value => Err(other(&other_value)),
        }
    }
}

impl Column for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Blob(bytes) => Ok(bytes),
            other_value => Err(other(&other_value)),
        }
    }
}

impl Column for WebhookSecret {
    fn from_value(value: Value) -> Result<Self, Fault> {
        Vec::from_value(value).map(Self::new)
    }
}

impl<T: Column> Column for Option<T> {
    fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl Column for Value {
    fn from_value(value: Value) -> Result<Self, Fault> {
        Ok(value)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl rusqlite::types::FromSql for Value {
    fn column_result(value: ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Text(_) => Self::Text(value.as_str()?.to_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
            ValueRef::Real(_) => return Err(rusqlite::types::FromSqlError::InvalidType),
        })
    }
}

/// Texts, and JSON, which is sent as text.
fn is_text(kind: &Type) -> bool {
    [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME, Type::UNKNOWN, Type::JSON].contains(kind)
}

/// The server names the type it expects.
impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            // PostgreSQL accepts no NUL in a text, and no escaped NUL in a JSON text.
            Self::Text(text) if *kind == Type::JSON => {
                text.replace("\\u0000", "\\ufffd").to_sql(&Type::TEXT, out)
            }
            Self::Text(text) if is_text(kind) => {
                text.replace('\0', "\u{fffd}").to_sql(&Type::TEXT, out)
            }
            Self::Blob(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            value => Err(format!("a parameter of the type {kind}: {}", other(value)).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        match *kind {
            Type::INT8 => Ok(Self::Int(i64::from_sql(kind, raw)?)),
            Type::INT4 => Ok(Self::Int(i32::from_sql(kind, raw)?.into())),
            Type::BOOL => Ok(Self::Int(bool::from_sql(kind, raw)?.into())),
            Type::BYTEA => Ok(Self::Blob(raw.to_vec())),
            Type::VOID => Ok(Self::Null),
            ref text if is_text(text) => Ok(Self::Text(str::from_utf8(raw)?.to_owned())),
            ref other => Err(format!("a column has the type {other}").into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
