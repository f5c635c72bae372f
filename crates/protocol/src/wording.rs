//! How a text of a language becomes a sentence: parameters inserted, a plural form chosen, and the
//! words for a message's code. It must not know where the texts are, nor the browser: formatted
//! numbers and plural categories are passed in.
//!
//! A text may hold `{name}` where something is put in; `{details}` is the list of a message's details. A
//! text with plurals is written `one=… | other=…`, with the categories of Unicode's plural rules.

use crate::code::Code;
use crate::message::{Detail, Message};
use crate::scalar::{Scalar, Scalars};

/// A text with `values` inserted for their names in braces.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // Inserted values may contain braces: they are not replaced again.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The form for a plural category, or the last one, which is `other`.
pub fn choose<'a>(text: &'a str, category: &str) -> &'a str {
    let mut form = text;
    for choice in text.split('|') {
        let Some((name, text)) = choice.trim().split_once('=') else { return text };
        form = text;
        if name == category {
            break;
        }
    }
    form
}

/// A language that messages are said in.
pub trait Language {
    /// A code by its name on the wire, with the text that the language has for it.
    fn text(&self, code: &str) -> Option<(Code, &str)>;
    /// A number's plural category, by Unicode's rules.
    fn category(&self, number: u32) -> String;
    /// A number as it is written.
    fn number(&self, number: u32) -> String;
    /// What is called so in English, or has this id; `None` where it has no name of its own here.
    fn name(&self, english: &str) -> Option<String>;
}

/// What stands between two details, in every language.
const BETWEEN: &str = " · ";

/// What a person asked for is said back as it was written.
const ASKED: &str = "asked";

/// What a message says, where the language has a text for its code; else as it came, in English.
///
/// The first number among the parameters, in the order of [`Code::params`], chooses the form of a text
/// with plurals.
pub fn say(message: &Message, language: &dyn Language) -> String {
    let Message { code, params, text, details } = message;
    let of = |Detail { code, params, text }: &Detail| sentence(code, params, text, None, language);
    let details: Vec<String> = details.iter().map(of).collect();
    let details = (!details.is_empty()).then(|| details.join(BETWEEN));
    sentence(code, params, text, details, language)
}

fn sentence(
    code: &str,
    params: &Scalars,
    english: &str,
    details: Option<String>,
    language: &dyn Language,
) -> String {
    let Some((code, text)) = language.text(code) else { return english.to_owned() };
    let number = |value: &Scalar| u32::try_from(value.as_integer()?).ok();
    let mut values = Vec::new();
    let mut form = None;
    for name in code.params() {
        let Some(value) = params.get(*name) else { continue };
        if form.is_none() {
            form = number(value).map(|number| language.category(number));
        }
        let written = match (value, number(value)) {
            (_, Some(number)) => language.number(number),
            (Scalar::Text(text), _) if *name != ASKED => names(text, language),
            _ => value.to_string(),
        };
        values.push((*name, written));
    }
    values.extend(details.map(|details| ("details", details)));
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let form = choose(text, form.as_deref().unwrap_or("other"));
    let mut named = form.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    if named.any(|name| values.iter().all(|(known, _)| *known != name)) {
        // A sentence with a missing parameter says less than the English one.
        return english.to_owned();
    }
    fill(form, &values)
}

/// A name, or several with commas between them, as the language has them.
fn names(english: &str, language: &dyn Language) -> String {
    let mut names = String::new();
    let mut rest = english;
    // Byte by byte: to split at a text brings a search in linear time, which is more code than all of this.
    while let Some(end) = rest.as_bytes().windows(2).position(|two| two == b", ") {
        names += &name_or_itself(&rest[..end], language);
        names += ", ";
        rest = &rest[end + 2..];
    }
    names + &name_or_itself(rest, language)
}

fn name_or_itself(english: &str, language: &dyn Language) -> String {
    language.name(english).unwrap_or_else(|| english.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_and_forms_chosen() {
        assert_eq!(fill("{a} of {b}.", &[("a", "{b}"), ("b", "2")]), "{b} of 2.");
        assert_eq!(fill("{gone}{", &[]), "");
        let text = "one={n} token | other={n} tokens";
        for (category, form) in
            [("one", "{n} token"), ("other", "{n} tokens"), ("few", "{n} tokens")]
        {
            assert_eq!(choose(text, category).trim(), form);
        }
        assert_eq!(choose("Cancel", "one"), "Cancel");
    }
}
