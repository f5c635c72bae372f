//! The limits in the OpenAPI document are the ones that handlers enforce. utoipa's attributes only
//! take literals, so each literal is compared with its constant here.

use serde_json::Value;

use super::admin::{corrections, key_limits, keys, overview};
use super::{generations, page, sessions, submission, webhooks};
use crate::domain::Reason;
use crate::http::{admin_routes, api_routes};

/// The keywords of a schema that limit a value from above.
const KEYWORDS: [&str; 3] = ["maximum", "maxLength", "maxItems"];

/// A limit in the document: the name of the schema or the id of the operation, the property or
/// parameter, the keyword and its value.
type Limit = (String, String, &'static str, u64);

/// Collects the limits in a schema of `owner`. `name` is that of the nearest property.
fn limits(owner: &str, name: &str, schema: &Value, found: &mut Vec<Limit>) {
    let Value::Object(members) = schema else {
        if let Value::Array(items) = schema {
            items.iter().for_each(|item| limits(owner, name, item, found));
        }
        return;
    };
    for keyword in KEYWORDS {
        if let Some(value) = members.get(keyword).and_then(Value::as_f64) {
            found.push((owner.to_owned(), name.to_owned(), keyword, value as u64));
        }
    }
    for (key, member) in members {
        match member.as_object() {
            Some(properties) if key == "properties" => {
                for (property, schema) in properties {
                    limits(owner, property, schema, found);
                }
            }
            _ => limits(owner, name, member, found),
        }
    }
}

/// All limits of the routes' document, as the attributes state them.
fn documented() -> Vec<Limit> {
    let mut found = Vec::new();
    for routes in [api_routes(), admin_routes()] {
        let document = serde_json::to_value(routes.split_for_parts().1).unwrap();
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            limits(name, "", schema, &mut found);
        }
        for operations in document["paths"].as_object().unwrap().values() {
            for operation in operations.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap_or_default();
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap();
                    limits(id, name, &parameter["schema"], &mut found);
                }
            }
        }
    }
    found
}

/// What handlers enforce, by the owner and the name of the value.
fn enforced(owner: &str, name: &str) -> Option<u64> {
    Some(match (owner, name) {
        ("CreateKey" | "ChangeKey", "label") => keys::LABEL_MAX_CHARS as u64,
        ("CreatePages" | "ChangePages", "origins") => keys::ORIGINS_MAX as u64,
        ("ChangeKey", "expires_at_ms") => key_limits::MOST_MS,
        ("ChangeKey", "models") => key_limits::MODELS_MAX as u64,
        ("Grant" | "Adjustment", "tokens") => keys::GRANT_MAX_TOKENS.into(),
        ("Adjustment" | "Refund", "reason") => Reason::MAX_CHARS as u64,
        ("Rotation", "overlap_secs") => corrections::OVERLAP_MAX_SECS.into(),
        ("SessionRequest", "lifetime_secs") => (*sessions::LIFETIME_SECS.end()).into(),
        ("SessionRequest", "subject") => sessions::SUBJECT_MAX_BYTES as u64,
        ("CreateWebhook", "url") => webhooks::URL_MAX_BYTES as u64,
        ("listGenerations" | "listAllGenerations", "limit") => generations::LIMIT_MAX.into(),
        (_, "limit") => page::LIMIT_MAX.into(),
        (_, "days") => overview::DAYS_MAX.into(),
        (_, "Idempotency-Key") => submission::KEY_MAX_BYTES as u64,
        // A fraction.
        (_, "progress") => 1,
        _ => return None,
    })
}

#[test]
fn each_documented_limit_is_the_one_that_is_enforced() {
    let documented = documented();
    for (owner, name, keyword, value) in &documented {
        assert_eq!(Some(*value), enforced(owner, name), "{keyword} of {name} in {owner}");
    }
    for keyword in KEYWORDS {
        assert!(documented.iter().any(|limit| limit.2 == keyword), "no {keyword} was found");
    }
}
