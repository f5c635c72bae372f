//! What every operation of the OpenAPI document has, whichever handler it is: generators need it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::Place;

async fn document() -> Value {
    let gateway = Place::new().start().await;
    let asked = gateway.ask(Method::GET, "/api/openapi.json");
    asked.send().await.unwrap().json().await.unwrap()
}

/// Every place in the document that has content, by its address in the document.
fn contents<'d>(value: &'d Value, at: &str, found: &mut Vec<(String, &'d str)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{name}");
                if name == "content"
                    && let Some(kinds) = member.as_object()
                {
                    found.extend(kinds.keys().map(|kind| (at.clone(), kind.as_str())));
                }
                contents(member, &at, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| contents(item, at, found)),
        _ => {}
    }
}

#[tokio::test]
async fn each_operation_has_a_name_a_known_tag_and_the_shared_errors() {
    let document = document().await;
    let tags = document["tags"].as_array().unwrap().iter();
    let tags: BTreeSet<&str> = tags.map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(!name.is_empty() && names.insert(name), "{method} {path}: {name:?}");
            let own = operation["tags"].as_array().unwrap();
            assert!(own.len() == 1 && tags.contains(own[0].as_str().unwrap()), "{name}: {own:?}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let expected = format!("#/components/responses/{status}");
                if status.as_str() >= "400" {
                    assert_eq!(response["$ref"], Value::from(expected), "{name} {status}");
                } else {
                    assert!(response["headers"]["x-request-id"].is_object(), "{name} {status}");
                }
            }
        }
    }
    for (status, response) in document["components"]["responses"].as_object().unwrap() {
        let schema = response.pointer("/content/application~1json/schema/$ref").unwrap();
        assert_eq!(schema, "#/components/schemas/ErrorBody", "{status}");
    }
}

#[tokio::test]
async fn each_key_of_a_content_is_one_type() {
    let document = document().await;
    let mut found = Vec::new();
    contents(&document, "", &mut found);
    assert!(found.len() > 20, "{found:?}");
    for (at, kind) in found {
        let (kind, subtype) = kind.split_once('/').unwrap();
        let plain = |part: &str| !part.is_empty() && !part.contains([' ', ',', '*', ';']);
        assert!(plain(kind) && plain(subtype), "{at}: {kind}/{subtype}");
    }
}

/// Everything in the document that is an integer, by its address.
fn integers<'d>(value: &'d Value, at: &str, found: &mut Vec<(String, &'d Value)>) {
    let kind = &value["type"];
    if kind == "integer" || kind.as_array().is_some_and(|kinds| kinds.contains(&"integer".into())) {
        found.push((at.to_owned(), value));
    }
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| integers(member, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => items.iter().for_each(|item| integers(item, at, found)),
        _ => {}
    }
}

#[tokio::test]
async fn each_integer_says_how_small_and_how_large_it_gets() {
    let document = document().await;
    let mut found = Vec::new();
    integers(&document, "", &mut found);
    assert!(found.len() > 80, "{found:?}");
    for (at, integer) in found {
        let bound = |name: &str| {
            let bound = integer[name].as_number();
            bound.unwrap_or_else(|| panic!("{at}: no {name}")).as_i128().unwrap()
        };
        let (smallest, largest): (i128, i128) = match integer["format"].as_str() {
            Some("uint8") => (0, u8::MAX.into()),
            Some("uint16") => (0, u16::MAX.into()),
            Some("uint32") => (0, u32::MAX.into()),
            Some("uint64") => (0, u64::MAX.into()),
            Some("int64") => (i64::MIN.into(), i64::MAX.into()),
            other => panic!("{at}: {other:?}"),
        };
        assert!(smallest <= bound("minimum") && bound("maximum") <= largest, "{at}: {integer}");
        assert!(bound("minimum") <= bound("maximum"), "{at}: {integer}");
    }
}

/// Every header of an answer, and whether the document says that it is always there.
fn headers<'d>(value: &'d Value, found: &mut Vec<(&'d str, bool)>) {
    if let Some(members) = value.as_object() {
        for (name, member) in members {
            if name == "headers" {
                let each = member.as_object().unwrap().iter();
                found
                    .extend(each.map(|(name, header)| (name.as_str(), header["required"] == true)));
            }
            headers(member, found);
        }
    }
}

#[tokio::test]
async fn headers_are_promised_where_they_are_always_sent() {
    let document = document().await;
    let mut found = Vec::new();
    headers(&document["paths"], &mut found);
    headers(&document["components"]["responses"], &mut found);
    assert!(found.len() > 60, "{found:?}");
    for (name, required) in found {
        let depends = ["Idempotent-Replayed", "Content-Disposition"].contains(&name);
        assert_ne!(required, depends, "{name}");
    }
}
