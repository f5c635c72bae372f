//! The body of a submission as a JSON schema: one variant for each model, with its styles and
//! options. It must not know where the schema is used.

use ai_now_protocol::options::STYLE;
use ai_now_protocol::{Catalog, Model, ModelOption, OptionKind};
use serde_json::{Map, Value, json};

/// The pattern of upload ids.
const UPLOAD_ID: &str = "^[a-km-z2-9]{26}$";

/// The format of an integer option.
const INTEGER: &str = "int64";

/// The request as named schemas: the types' fields, with the catalog's values. It is one of several
/// requests, one for each model, whose options are a named schema of their own.
pub(super) fn of_all(base: &Value, catalog: &Catalog) -> Vec<(String, Value)> {
    let mut schemas = Vec::new();
    let (mut kinds, mut mapping) = (Vec::new(), Map::new());
    for model in catalog.models.iter() {
        let name = format!("GenerateRequest_{}", model.id);
        let reference = format!("#/components/schemas/{name}");
        kinds.push(json!({"$ref": reference}));
        mapping.insert(model.id.to_string(), reference.into());
        let options_name = format!("GenerateOptions_{}", model.id);
        schemas.push((name, request(base, model, &options_name)));
        schemas.push((options_name, options(base, model)));
    }
    let request = json!({
        "description": base["description"],
        "examples": base["examples"],
        "oneOf": kinds,
        "discriminator": {"propertyName": "model", "mapping": mapping},
    });
    schemas.push(("GenerateRequest".into(), request));
    schemas
}

fn request(base: &Value, model: &Model, options: &str) -> Value {
    let mut request = base.clone();
    if let Some(request) = request.as_object_mut() {
        request.remove("examples");
    }
    request["description"] = format!("A generation of {}.", model.name).into();
    request["required"] = json!(["model", "prompt"]);
    request["properties"]["model"]["enum"] = json!([model.id]);
    let prompt = &mut request["properties"]["prompt"];
    prompt["minLength"] = 1.into();
    prompt["maxLength"] = model.prompt_max_chars.into();
    prompt["pattern"] = ai_now_protocol::visible::visible_pattern().into();
    // An empty text and `null` mean no style, too.
    let mut styles: Vec<Value> = vec!["".into(), Value::Null];
    styles.extend(model.styles().iter().map(|style| Value::from(style.value.as_ref())));
    request["properties"]["style"]["enum"] = styles.into();
    request["properties"]["options"] = json!({"$ref": format!("#/components/schemas/{options}")});
    request
}

/// The options of a model. The style has its own documented field.
fn options(base: &Value, model: &Model) -> Value {
    let options = model.options.iter().filter(|option| option.id != STYLE);
    let options: Map<String, Value> =
        options.map(|option| (option.id.to_string(), described(option))).collect();
    json!({
        "description": base["properties"]["options"]["description"],
        "type": "object",
        "properties": options,
        "additionalProperties": false,
    })
}

/// The schema of an option. An empty text means no value: forms send it.
fn described(option: &ModelOption) -> Value {
    let mut takes = match &option.kind {
        OptionKind::Choice(choices) => {
            let values: Vec<Value> = choices.iter().map(|choice| json!(choice.value)).collect();
            json!({"type": "string", "enum": values})
        }
        OptionKind::Integer(range) if range.step > 1 => {
            let numbers: Vec<i64> = (range.min..=range.max).step_by(range.step as usize).collect();
            json!({
                "type": "integer",
                "format": INTEGER,
                "minimum": range.min,
                "maximum": range.max,
                "enum": numbers,
            })
        }
        OptionKind::Integer(range) => {
            json!({
                "type": "integer",
                "format": INTEGER,
                "minimum": range.min,
                "maximum": range.max,
            })
        }
        OptionKind::Flag => json!({"type": "boolean"}),
        OptionKind::Text(limit) => json!({"type": "string", "maxLength": limit.max_chars}),
        OptionKind::Picture => {
            json!({"type": "string", "pattern": UPLOAD_ID, "description": "The id of an upload."})
        }
    };
    if let Some(default) = &option.default {
        takes["default"] = json!(default);
    }
    if let OptionKind::Text(_) = option.kind {
        takes["title"] = option.name.as_ref().into();
        return takes;
    }
    json!({"title": option.name, "anyOf": [takes, {"type": "string", "maxLength": 0}]})
}
