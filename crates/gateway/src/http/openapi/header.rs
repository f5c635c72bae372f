//! Descriptions of response headers. It must not know which answers have them.

use utoipa::PartialSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ObjectBuilder, Type};

/// A required header of this type.
pub(crate) fn header<T: PartialSchema>(about: &str) -> Header {
    HeaderBuilder::new().schema(Some(T::schema())).description(Some(about)).build()
}

/// An optional text header.
pub(crate) fn optional_header(about: &str) -> Header {
    let text = SchemaType::from_iter([Type::String, Type::Null]);
    let text = ObjectBuilder::new().schema_type(text).build();
    HeaderBuilder::new().schema(Some(text)).description(Some(about)).build()
}
