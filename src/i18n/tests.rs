//! The languages are whole, and say what the table says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

#[test]
fn texts_are_filled() {
    assert_eq!(fill("{a} of {b}.", &[("a", "{b}"), ("b", "2")]), "{b} of 2.");
    assert_eq!(fill("{gone}{", &[]), "");
    let english = Locale::english();
    assert_eq!(english.plural(Word::Tokens, "one", "1"), "1 token");
    assert_eq!(english.plural(Word::Tokens, "few", "3"), "3 tokens");
    assert_eq!(english.text(Word::Cancel), "Cancel");
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

/// The plural categories that a text has forms for.
fn categories(text: &str) -> Vec<&str> {
    text.split('|').filter_map(|form| Some(form.trim().split_once('=')?.0)).collect()
}

/// Those that whole numbers below a million have, in Unicode's plural rules.
fn plurals(tag: &str) -> Vec<&'static str> {
    match tag {
        "ja" | "zh" => vec!["other"],
        "ar" => vec!["zero", "one", "two", "few", "many", "other"],
        _ => vec!["one", "other"],
    }
}

fn source(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www").join(name);
    std::fs::read_to_string(path).expect("a source of the shell")
}

/// What the shell says of the files' words, with English of its own: it says it where no wasm does.
fn shell_words(shell: &str) -> Vec<(&str, &str)> {
    let (_, table) = shell.split_once("const ENGLISH = {").expect("the table");
    let (table, _) = table.split_once('}').expect("its end");
    let lines = table.lines().filter_map(|line| line.trim().split_once(": "));
    lines.map(|(name, text)| (name, text.trim_matches([',', '\'']))).collect()
}

#[test]
fn every_language_has_every_word() {
    let shell = source("ai-now.js");
    let words = || Word::ALL.iter().copied().chain(shell_words(&shell));
    assert_eq!(words().count(), Word::ALL.len() + 1);
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/locales");
    for tag in Locale::TAGS.iter().filter(|tag| **tag != "en") {
        let file = std::fs::read_to_string(dir.join(format!("{tag}.json"))).expect("its file");
        let texts: BTreeMap<String, String> = serde_json::from_str(&file).unwrap();
        let names: BTreeSet<_> = texts.keys().map(String::as_str).collect();
        let codes = Code::ALL.iter().map(|code| code.as_str());
        let known: BTreeSet<_> = words().map(|(name, _)| name).chain(codes).collect();
        assert_eq!(names, known, "{tag}");
        for (name, english) in words() {
            let text = &texts[name];
            assert!(!text.trim().is_empty(), "{tag}: {name}");
            assert_eq!(placeholders(text), placeholders(english), "{tag}: {name}");
            assert_eq!(text.contains("other="), english.contains("other="), "{tag}: {name}");
            if english.contains("other=") {
                assert_eq!(categories(text), plurals(tag), "{tag}: {name}");
            }
        }
    }
}

/// A language as the shell loads it.
fn load(tag: &str) -> (BTreeMap<String, String>, Locale) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/locales");
    let file = std::fs::read_to_string(dir.join(format!("{tag}.json"))).expect("its file");
    let texts: BTreeMap<String, String> = serde_json::from_str(&file).expect("texts by name");
    let locale = Locale::new(tag, |name| texts.get(name).cloned());
    (texts, locale)
}

fn say(locale: &Locale, message: &Message) -> String {
    let category = |n| if n == 1 { "one".to_owned() } else { "other".to_owned() };
    locale.message(message, category, |n| format!("<{n}>"))
}

#[test]
fn every_code_has_words_in_every_language() {
    for tag in Locale::TAGS.iter().filter(|tag| **tag != "en") {
        let (texts, locale) = load(tag);
        for code in Code::ALL {
            let text = texts.get(code.as_str()).unwrap_or_else(|| panic!("{tag}: {code:?}"));
            let known: BTreeSet<_> = code.params().iter().copied().collect();
            assert!(placeholders(text).is_subset(&known), "{tag}: {code:?}: {text}");
            let message = Message::new(*code, "English.");
            let message = code.params().iter().fold(message, |all, name| all.with(name, 3_u32));
            let said = say(&locale, &message);
            assert!(!said.trim().is_empty() && said != "English.", "{tag}: {code:?}: {said}");
        }
    }
}

#[test]
fn what_has_no_words_is_said_in_english() {
    let (_, german) = load("de");
    let few = Message::new(Code::TooFewTokens, "Too few tokens.");
    assert_eq!(say(&german, &few), "Too few tokens.", "a sentence without its numbers");
    let few = few.with("price", 30_u32).with("available", 20_u32);
    let said = "Zu wenige Tokens: <30> werden gebraucht, <20> sind übrig.";
    assert_eq!(say(&german, &few), said);
    assert_eq!(say(&Locale::english(), &few), "Too few tokens.");
    let newer = Message { code: "newer".into(), ..Message::text("Something new.") };
    assert_eq!(say(&german, &newer), "Something new.");
    assert_eq!(say(&german, &Message::text("Of a provider.")), "Of a provider.");
}

#[test]
fn the_first_number_chooses_the_form() {
    let text = "one={minutes} Minute, {model} | other={minutes} Minuten, {model}";
    let locale = Locale::new("de", |name| (name == "provider_busy_for").then(|| text.into()));
    for (minutes, said) in [(1_u32, "<1> Minute, Luma"), (4, "<4> Minuten, Luma")] {
        let message = Message::new(Code::ProviderBusyFor, "Busy.");
        let message = message.with("model", "Luma").with("minutes", minutes);
        assert_eq!(say(&locale, &message), said);
    }
}

#[test]
fn the_shell_speaks_the_same_languages() {
    let words = source("shell/words.js");
    let (_, names) = words.split_once("const NAMES = [").expect("the names of the texts");
    let names = names.split_once("];").expect("their end").0.matches('\'').count();
    let (_, table) = words.split_once("const TEXTS = {\n").expect("the table");
    let (table, _) = table.split_once("};").expect("its end");
    let languages: Vec<_> = table
        .lines()
        .filter_map(|line| {
            let (tag, texts) = line.trim().split_once(": [")?;
            assert_eq!(texts.matches('\'').count(), names, "{line}");
            assert!(!texts.contains("''"), "{line}");
            Some(tag)
        })
        .collect();
    assert_eq!(languages, Locale::TAGS);
}

#[test]
fn every_word_is_used() {
    fn sources(dir: &Path, text: &mut String) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if !path.ends_with("tests.rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let mut words = text
        .split("Word::")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    let used: BTreeSet<_> = words.by_ref().collect();
    let unused = Word::ALL.iter().map(|(name, _)| *name).filter(|name| !used.contains(name));
    assert_eq!(unused.collect::<Vec<_>>(), Vec::<&str>::new());
}
