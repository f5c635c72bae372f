//! The JSON schema of a written event: the known kinds by their status, then any other status. It
//! must not know where the schema is used.

use utoipa::openapi::schema::{AnyOf, ArrayBuilder, Discriminator, Object, Schema};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{
    COMPLETED, COOKIE_GENERATED, Completed, ERROR, Event, Failure, PROCESSING, Progress, STARTED,
};
use crate::code::Code;
use crate::message::Detail;
use crate::scalar::Scalar;

/// A kind of event, as one flat object: its name in a document, its status, the fields of its own
/// type, and its message, whose text has a different name in each.
struct Kind {
    name: &'static str,
    status: &'static str,
    about: &'static str,
    fields: Option<fn() -> RefOr<Schema>>,
    message: Option<MessageText>,
}

/// The name of a message's text, its description, and whether it is required.
struct MessageText {
    name: &'static str,
    about: &'static str,
    required: bool,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "StartedEvent",
        status: STARTED,
        about: "The generation was accepted.",
        fields: None,
        message: None,
    },
    Kind {
        name: "ProcessingEvent",
        status: PROCESSING,
        about: "The generation goes on.",
        fields: Some(Progress::schema),
        message: Some(MessageText {
            name: "step",
            about: "What is being done, in a few words: `mixing`.",
            required: false,
        }),
    },
    Kind {
        name: "CookieGeneratedEvent",
        status: COOKIE_GENERATED,
        about: "The generation's provider has issued a credential.",
        fields: None,
        message: None,
    },
    Kind {
        name: "CompletedEvent",
        status: COMPLETED,
        about: "The result is there. The last event.",
        fields: Some(Completed::schema),
        message: Some(MessageText {
            name: "note",
            about: "The provider's note about the result.",
            required: false,
        }),
    },
    Kind {
        name: "ErrorEvent",
        status: ERROR,
        about: "The generation failed, or was cancelled. The last event.",
        fields: Some(Failure::schema),
        message: Some(MessageText {
            name: "message",
            about: "A sentence for a person: why.",
            required: true,
        }),
    },
];

/// A status that is none of the others.
const OTHER: &str = "OtherEvent";

fn text(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about))
}

impl Kind {
    fn schema(&self) -> Object {
        let status = ObjectBuilder::new().schema_type(Type::String);
        let mut kind = with_status(status.enum_values(Some([self.status])), self.about);
        if let Some(RefOr::T(Schema::Object(fields))) = self.fields.map(|schema| schema()) {
            kind.properties.extend(fields.properties);
            kind.required.extend(fields.required);
        }
        if let Some(MessageText { name, about, required }) = self.message {
            let params = ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(Ref::from_schema_name(Scalar::name())))
                .description(Some("What the sentence names, by name."));
            let code = Ref::from_schema_name(Code::name());
            kind.properties.insert(name.into(), text(about).into());
            kind.properties.insert("code".into(), code.into());
            kind.properties.insert("params".into(), params.into());
            let details = ArrayBuilder::new()
                .items(Ref::from_schema_name(Detail::name()))
                .description(Some("The several things that it says, where it is a list."));
            kind.properties.insert("details".into(), details.into());
            kind.required.extend(required.then(|| name.into()));
        }
        kind
    }
}

fn with_status(status: ObjectBuilder, about: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(about))
        .property("status", status)
        .required("status")
        .build()
}

fn other() -> Object {
    let status = ObjectBuilder::new().schema_type(Type::String);
    with_status(status, "A status that is not documented, to be shown as text.")
}

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        // That a schema is referred to by its own name is obvious; some generators need it said.
        let kinds = KINDS.iter().map(|kind| (kind.status, kind.name)).chain([(OTHER, OTHER)]);
        let mapping =
            kinds.map(|(status, name)| (status, Ref::from_schema_name(name).ref_location));
        let mut kinds = AnyOf::new();
        kinds.description = Some("One event of a generation.".into());
        let names = KINDS.iter().map(|kind| kind.name).chain([OTHER]);
        kinds.items = names.map(|name| Ref::from_schema_name(name).into()).collect();
        kinds.discriminator = Some(Discriminator::with_mapping("status", mapping));
        RefOr::T(Schema::AnyOf(kinds))
    }
}

impl ToSchema for Event {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(KINDS.iter().map(|kind| (kind.name.into(), kind.schema().into())));
        schemas.push((OTHER.into(), other().into()));
        schemas.push((Code::name().into(), Code::schema()));
        schemas.push((Scalar::name().into(), Scalar::schema()));
        schemas.push((Detail::name().into(), Detail::schema()));
        Completed::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::{MediaUrl, Message};

    /// The properties of one kind of event, the required ones, and its status, if there is exactly
    /// one.
    struct Fields {
        all: BTreeSet<String>,
        required: BTreeSet<String>,
        status: Option<String>,
    }

    impl Fields {
        fn read(kind: &Value) -> Self {
            let required = kind["required"].as_array().into_iter().flatten();
            let status = kind.pointer("/properties/status/enum/0").and_then(Value::as_str);
            Self {
                all: kind["properties"].as_object().unwrap().keys().cloned().collect(),
                required: required.map(|name| name.as_str().unwrap().to_owned()).collect(),
                status: status.map(str::to_owned),
            }
        }

        /// Whether it is an event of this kind, with all of its fields.
        fn fits(&self, event: &Value) -> bool {
            let event = event.as_object().unwrap();
            let status = event["status"].as_str().unwrap();
            let fields: BTreeSet<String> = event.keys().cloned().collect();
            let right_status = match &self.status {
                Some(known) => known == status,
                None => KINDS.iter().all(|kind| kind.status != status),
            };
            right_status && self.required.is_subset(&fields) && fields.is_subset(&self.all)
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
        let kinds = schema["anyOf"].as_array().unwrap().iter().map(|kind| {
            let name = kind["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            Fields::read(&named.iter().find(|(known, _)| known == name).unwrap().1)
        });
        let kinds: Vec<Fields> = kinds.collect();
        assert_eq!(kinds.len(), KINDS.len() + 1);
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
            Event::Processing(Progress {
                step: Some(Message::text("").detail(Detail::new(Code::SketchMood, "the mood"))),
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
