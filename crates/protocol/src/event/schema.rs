//! The event as it is written, as a JSON schema: the known kinds by their status, then any other
//! status. It must not know where the schema is shown.

use utoipa::openapi::schema::{AllOf, Object, OneOf, Schema};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{
    COMPLETED, COOKIE_GENERATED, Completed, ERROR, Event, Failure, PROCESSING, Progress, STARTED,
};

const KNOWN: [&str; 5] = [STARTED, PROCESSING, COOKIE_GENERATED, COMPLETED, ERROR];

fn with_status(status: Object) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("status", status)
        .required("status")
        .build()
}

fn status(status: &str) -> Object {
    with_status(ObjectBuilder::new().schema_type(Type::String).enum_values(Some([status])).build())
}

fn status_with<T: ToSchema>(name: &str) -> AllOf {
    let mut all = AllOf::new();
    all.items =
        vec![RefOr::T(Schema::Object(status(name))), RefOr::Ref(Ref::from_schema_name(T::name()))];
    all
}

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        // A status that we don't know is any text but those that we do.
        let other = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^(?!({})$)", KNOWN.join("|"))))
            .build();
        let mut kinds = OneOf::new();
        kinds.description = Some("One event of a generation.".into());
        kinds.items = vec![
            RefOr::T(Schema::Object(status(STARTED))),
            RefOr::T(Schema::AllOf(status_with::<Progress>(PROCESSING))),
            RefOr::T(Schema::Object(status(COOKIE_GENERATED))),
            RefOr::T(Schema::AllOf(status_with::<Completed>(COMPLETED))),
            RefOr::T(Schema::AllOf(status_with::<Failure>(ERROR))),
            RefOr::T(Schema::Object(with_status(other))),
        ];
        RefOr::T(Schema::OneOf(kinds))
    }
}

impl ToSchema for Event {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Progress::name().into(), Progress::schema()));
        schemas.push((Completed::name().into(), Completed::schema()));
        schemas.push((Failure::name().into(), Failure::schema()));
        Completed::schemas(schemas);
    }
}
