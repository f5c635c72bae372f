//! How the answers are defined: their fields once, as types and for the comparison with the OpenAPI
//! document. It must not know the answers.

/// What is read of one schema of the OpenAPI document.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The schema's name in the document.
    pub name: &'static str,
    /// Its fields that are read, and whether each may be absent.
    pub fields: &'static [(&'static str, bool)],
}

macro_rules! answers {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ident $(<$inner:ty>)?,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type $(<$inner>)?,)*
            }
        )*

        /// The schemas of this module.
        pub(super) const SCHEMAS: &[super::schema::Schema] = &[$(super::schema::Schema {
            name: stringify!($name),
            fields: &[$((stringify!($field), super::schema::is_optional(stringify!($type))),)*],
        },)*];
    };
}

/// Whether a type of this name may be absent.
pub(super) const fn is_optional(name: &str) -> bool {
    matches!(name.as_bytes(), b"Option")
}
