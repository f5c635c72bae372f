//! Settings as rows: each by its full name, as the configuration file has them. Pure: it must not know
//! what they mean.

use serde_json::Value;

/// A row for each setting: its name, with dots, and its value.
pub fn rows(settings: &Value) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    add(settings, String::new(), &mut rows);
    rows
}

fn add(value: &Value, name: String, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (member, value) in members {
                let name =
                    if name.is_empty() { member.clone() } else { [&name, ".", member].concat() };
                add(value, name, rows);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                add(item, format!("{name}[{index}]"), rows);
            }
        }
        Value::String(text) => rows.push((name, text.clone())),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(plain).collect();
            rows.push((name, items.join(", ")));
        }
        other => rows.push((name, plain(other))),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_setting_is_a_row() {
        let settings = json!({
            "listen": "127.0.0.1:8787",
            "limits": { "queue": 100, "networks": ["10.0.0.0/8", "::1"] },
            "models": [{ "id": "suno" }, { "id": "pika" }],
            "public_url": null,
            "providers": {},
        });
        let rows = rows(&settings);
        let rows: Vec<_> = rows.iter().map(|(name, value)| [name.as_str(), value]).collect();
        assert_eq!(
            rows,
            [
                ["limits.networks", "10.0.0.0/8, ::1"],
                ["limits.queue", "100"],
                ["listen", "127.0.0.1:8787"],
                ["models[0].id", "suno"],
                ["models[1].id", "pika"],
                ["providers", "{}"],
                ["public_url", "–"],
            ]
        );
    }
}
