//! JSON that is safe to embed in HTML: nothing in it reads as markup.

/// A value as JSON. `<`, `>` and `&` occur in JSON only within texts, where they can be written as
/// numbers.
///
/// # Errors
/// Where the value can't be written as JSON.
pub fn safe_json(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    if !json.contains(['<', '>', '&']) {
        return Ok(json);
    }
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}
