//! The event as it is written, as a JSON schema: the known kinds by their status, then any other
//! status. It must not know where the schema is shown.

use utoipa::openapi::schema::{AllOf, Object, OneOf, Schema};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{
    COMPLETED, COOKIE_GENERATED, Completed, ERROR, Event, Failure, PROCESSING, Progress, STARTED,
};
use crate::code::Code;
use crate::scalar::Scalar;

const KNOWN: [&str; 5] = [STARTED, PROCESSING, COOKIE_GENERATED, COMPLETED, ERROR];

/// The message of each kind of event: what its text is called, what it says, whether it is always
/// there.
const STEP: (&str, &str, bool) = ("step", "What is being done, in a few words: `mixing`.", false);
const NOTE: (&str, &str, bool) = ("note", "What the maker says about the result.", false);
const MESSAGE: (&str, &str, bool) = ("message", "A sentence for a person: why.", true);

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

/// A kind of event with fields of its own and a message, whose text is called `text`.
fn status_with<T: ToSchema>(name: &str, text: (&str, &str, bool)) -> AllOf {
    let (text, meaning, required) = text;
    let text_schema =
        ObjectBuilder::new().schema_type(Type::String).description(Some(meaning)).build();
    let params = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(Scalar::schema()))
        .description(Some("What the sentence names, by name."))
        .build();
    let mut message = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property(text, text_schema)
        .property("code", Ref::from_schema_name(Code::name()))
        .property("params", params);
    if required {
        message = message.required(text);
    }
    let mut all = AllOf::new();
    all.items = vec![
        RefOr::T(Schema::Object(status(name))),
        RefOr::Ref(Ref::from_schema_name(T::name())),
        RefOr::T(Schema::Object(message.build())),
    ];
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
            RefOr::T(Schema::AllOf(status_with::<Progress>(PROCESSING, STEP))),
            RefOr::T(Schema::Object(status(COOKIE_GENERATED))),
            RefOr::T(Schema::AllOf(status_with::<Completed>(COMPLETED, NOTE))),
            RefOr::T(Schema::AllOf(status_with::<Failure>(ERROR, MESSAGE))),
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
        schemas.push((Code::name().into(), Code::schema()));
        Completed::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::{MediaUrl, Message};

    /// What one kind of event may have, what it must have, and the status that it has, if just one.
    struct Kind {
        fields: BTreeSet<String>,
        required: BTreeSet<String>,
        status: Option<String>,
    }

    impl Kind {
        fn read(kind: &Value, named: &[(String, Value)]) -> Self {
            let parts = kind["allOf"].as_array().map_or(vec![kind], |all| all.iter().collect());
            let parts = parts.into_iter().map(|part| match part["$ref"].as_str() {
                None => part,
                Some(path) => {
                    let name = path.rsplit('/').next().unwrap();
                    &named.iter().find(|(known, _)| known == name).unwrap().1
                }
            });
            let mut this =
                Self { fields: BTreeSet::new(), required: BTreeSet::new(), status: None };
            for part in parts {
                this.fields.extend(part["properties"].as_object().unwrap().keys().cloned());
                let required = part["required"].as_array().into_iter().flatten();
                this.required.extend(required.map(|name| name.as_str().unwrap().to_owned()));
                let status = part.pointer("/properties/status/enum/0").and_then(Value::as_str);
                this.status = this.status.or(status.map(str::to_owned));
            }
            this
        }

        fn fits(&self, event: &Value) -> bool {
            let event = event.as_object().unwrap();
            let status = event["status"].as_str().unwrap();
            let fields: BTreeSet<String> = event.keys().cloned().collect();
            let right_status = match &self.status {
                Some(known) => known == status,
                None => !KNOWN.contains(&status),
            };
            right_status && self.required.is_subset(&fields) && fields.is_subset(&self.fields)
        }
    }

    #[test]
    fn each_event_that_is_written_is_one_kind_of_the_schema() {
        let mut named = Vec::new();
        Event::schemas(&mut named);
        let named: Vec<(String, Value)> = named
            .into_iter()
            .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap()))
            .collect();
        let schema = serde_json::to_value(Event::schema()).unwrap();
        let kinds = schema["oneOf"].as_array().unwrap();
        let kinds: Vec<Kind> = kinds.iter().map(|kind| Kind::read(kind, &named)).collect();
        assert_eq!(kinds.len(), KNOWN.len() + 1);
        let url = MediaUrl::parse("/media/a.mp3").unwrap();
        for event in [
            Event::Started,
            Event::PROCESSING,
            Event::Processing(Progress {
                progress: Some(0.5),
                queue_position: Some(1),
                eta_secs: Some(2),
                step: Some(Message::text("mixing")),
            }),
            Event::Processing(Progress {
                step: Some(Message::new(Code::ProviderBusyFor, "Busy.").with("minutes", 4u32)),
                ..Progress::default()
            }),
            Event::CookieGenerated,
            Event::Completed(Completed { url: url.clone(), note: None }),
            Event::Completed(Completed { url, note: Some(Message::text("a note")) }),
            Event::Failed(Failure::default()),
            Event::Failed(Failure {
                message: Message::text("It failed."),
                cancelled: true,
                tokens_returned: Some(10),
            }),
            Event::Other("Warming up".into()),
        ] {
            let written = serde_json::to_value(&event).unwrap();
            assert_eq!(kinds.iter().filter(|kind| kind.fits(&written)).count(), 1, "{written}");
        }
    }
}
