//! The languages are complete, and match the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ai_now_protocol::wording::{self, Language};
use ai_now_protocol::{Catalog, Detail, Message, OptionKind, Scalar};
use serde_json::{Map, Value};

use super::*;
use samples::{KEPT, sample};

mod pages;
mod samples;

#[test]
fn texts_have_their_forms() {
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

/// The categories of integers below a million, in Unicode's plural rules.
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

/// The files' texts that the shell uses, with English of its own: it shows them without wasm.
fn shell_words(shell: &str) -> Vec<(&str, &str)> {
    let (_, table) = shell.split_once("const ENGLISH = {").expect("the table");
    let (table, _) = table.split_once("\n}").expect("its end");
    let lines = table.lines().filter_map(|line| line.trim().split_once(": "));
    lines.map(|(name, text)| (name, text.trim_matches([',', '\'']))).collect()
}

#[test]
fn every_language_has_every_word() {
    let shell = source("ai-now-start.js");
    let preview = source("shell/english.js");
    for word in shell_words(&preview) {
        assert!(Word::ALL.contains(&word), "the preview says {word:?}");
    }
    let words = || Word::ALL.iter().copied().chain(shell_words(&shell));
    assert_eq!(words().count(), Word::ALL.len() + 1);
    for tag in foreign() {
        let texts = load(tag).texts;
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

/// The languages that are files.
fn foreign() -> impl Iterator<Item = &'static str> {
    Locale::TAGS.into_iter().filter(|tag| *tag != "en")
}

/// A language as the shell loads it.
struct Loaded {
    texts: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    locale: Locale,
}

fn load(tag: &str) -> Loaded {
    let file = source(&format!("locales/{tag}.json"));
    let mut file: Map<String, Value> = serde_json::from_str(&file).expect("an object");
    let names = file.remove("names").expect("names");
    let names = serde_json::from_value(names).expect("names in their language");
    let texts: BTreeMap<String, String> =
        serde_json::from_value(file.into()).expect("texts by name");
    let locale = Locale::new(tag, |name| texts.get(name).cloned());
    Loaded { texts, names, locale }
}

impl Language for Loaded {
    fn text(&self, code: &str) -> Option<(Code, &str)> {
        self.locale.code(code)
    }

    fn category(&self, number: u32) -> String {
        if number == 1 { "one".to_owned() } else { "other".to_owned() }
    }

    fn number(&self, number: u32) -> String {
        format!("<{number}>")
    }

    fn name(&self, english: &str) -> Option<String> {
        self.names.get(english).cloned()
    }
}

/// The words in Latin letters, however short.
fn latin(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
}

#[test]
fn every_code_has_words_in_every_language() {
    for tag in foreign() {
        let language = load(tag);
        for code in Code::ALL {
            let text = &language.texts[code.as_str()];
            let known: BTreeSet<_> = code.params().iter().copied().chain(["details"]).collect();
            assert!(placeholders(text).is_subset(&known), "{tag}: {code:?}: {text}");
            let message = sample(*code);
            assert!(message.is(*code) && message.is_in_table(), "{message:?}");
            let said = wording::say(&message, &language);
            assert!(!said.trim().is_empty() && said != message.text, "{tag}: {code:?}: {said}");
            if text.contains("other=") {
                assert_eq!(categories(text), plurals(tag), "{tag}: {code:?}");
            }
            if matches!(tag, "ja" | "zh" | "hi" | "ar") {
                let asked =
                    message.params.get("asked").map_or_else(String::new, ToString::to_string);
                let said = said.replace(&*asked, "");
                let english = latin(&said).find(|word| !KEPT.contains(word));
                assert_eq!(english, None, "{tag}: {code:?}: {said}");
            }
        }
    }
}

/// What is put into a sentence is a number, or it has a name in the language, or it is written so
/// everywhere.
#[test]
fn no_parameter_is_english() {
    let language = load("de");
    for code in Code::ALL {
        let message = sample(*code);
        assert!(!message.has_prose(), "{message:?}");
        let details = message.details.iter().flat_map(|detail| &detail.params);
        for (name, value) in message.params.iter().chain(details) {
            let Scalar::Text(value) = value else { continue };
            for part in value.split(", ").filter(|_| name != "asked") {
                let kept = latin(part).all(|word| KEPT.contains(&word));
                assert!(kept || language.names.contains_key(part), "{code:?}: {name}: {part}");
            }
        }
    }
}

/// A parameter in English, as refusals of options had it, is found by the test above.
#[test]
fn a_sentence_as_parameter_is_found() {
    let message = Message::new(Code::InvalidOption, "").with("option", "from 2 to 10");
    assert!(message.has_prose());
    assert_eq!(latin("„Länge“: from 2 to 10").collect::<Vec<_>>(), ["L", "nge", "from", "to"]);
}

#[test]
fn every_language_has_every_name() {
    let known = load("de").names;
    for tag in foreign() {
        let names = load(tag).names;
        assert!(names.keys().eq(known.keys()), "{tag}");
        assert!(names.values().all(|name| !name.trim().is_empty()), "{tag}");
        let foreign = |name: &str| matches!(tag, "ja" | "zh" | "hi" | "ar") && name.is_ascii();
        let english = names.values().find(|name| foreign(name) && !KEPT.contains(&name.as_str()));
        assert_eq!(english, None, "{tag}");
    }
}

/// Options and their choices have names in every language; what says itself (`16:9`) needs none.
#[test]
fn every_option_and_choice_has_a_name() {
    let names = load("de").names;
    for model in Catalog::BUILT_IN.models.iter() {
        for option in model.options.iter() {
            assert!(names.contains_key(&*option.id), "{}", option.id);
            let OptionKind::Choice(choices) = &option.kind else { continue };
            let speaking = choices.iter().filter(|choice| choice.value != choice.name);
            for choice in speaking {
                assert!(names.contains_key(&*choice.name), "{}", choice.name);
            }
        }
    }
}

#[test]
fn what_has_no_words_is_said_in_english() {
    let german = load("de");
    let say = |message: &Message| wording::say(message, &german);
    let few = Message::new(Code::TooFewTokens, "Too few tokens.");
    assert_eq!(say(&few), "Too few tokens.", "a sentence without its numbers");
    let few = few.with("price", 30_u32).with("available", 20_u32);
    assert_eq!(say(&few), "Zu wenige Tokens: <30> werden gebraucht, <20> sind übrig.");
    let newer = Message { code: "newer".into(), ..Message::text("Something new.") };
    assert_eq!(say(&newer), "Something new.");
    assert_eq!(say(&Message::text("Of a provider.")), "Of a provider.");
    let english =
        Loaded { locale: Locale::english(), texts: <_>::default(), names: <_>::default() };
    assert_eq!(wording::say(&few, &english), "Too few tokens.");
}

#[test]
fn the_first_number_chooses_the_form() {
    let text = "one={minutes} Minute, {model} | other={minutes} Minuten, {model}";
    let locale = Locale::new("de", |name| (name == "provider_busy_for").then(|| text.into()));
    let language = Loaded { locale, texts: <_>::default(), names: <_>::default() };
    for (minutes, said) in [(1_u32, "<1> Minute, Luma"), (4, "<4> Minuten, Luma")] {
        let message = Message::new(Code::ProviderBusyFor, "Busy.");
        let message = message.with("model", "Luma").with("minutes", minutes);
        assert_eq!(wording::say(&message, &language), said);
    }
}

/// What a sketch follows is said fact by fact, with the names and plurals of the language.
#[test]
fn a_list_of_details_is_said_in_the_language() {
    let detail = |code, text: &'static str| Detail::new(code, text);
    let note = Message::new(Code::ProceduralSketch, "Procedural sketch: Watercolor, 2 horse")
        .detail(detail(Code::SketchStyle, "Watercolor").with("name", "Watercolor"))
        .detail(detail(Code::SketchKey, "D minor").with("name", "D minor"))
        .detail(detail(Code::SketchThings, "2 horse").with("name", "horse").with("count", 2_u32))
        .detail(detail(Code::SketchWithout, "no drums").with("name", "drums"))
        .detail(detail(Code::SketchLinesLeftOut, "1 line had no room").with("lines", 1_u32))
        .detail(Detail { code: "newer".into(), ..detail(Code::SketchMood, "something new") });
    assert_eq!(
        wording::say(&note, &load("de")),
        "Prozedurale Skizze: Aquarell · d-Moll · <2> × Pferd · ohne Schlagzeug · \
         <1> Zeile fand keinen Platz · something new"
    );
    let before =
        Message::new(Code::ProceduralSketch, "Procedural sketch: day").with("facts", "day");
    assert_eq!(wording::say(&before, &load("de")), "Procedural sketch: day", "of an older gateway");
}

#[test]
fn the_shell_speaks_the_same_languages() {
    for file in ["shell/words.js", "shell/error-words.js"] {
        speaks_every_language(&source(file));
    }
}

fn speaks_every_language(words: &str) {
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

/// Every place of a language that docs/languages.md lists has every language.
#[test]
fn languages_are_in_all_their_places() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let docs = read("docs/languages.md");
    // The place, and how the language stands there; `<tag>` is the tag.
    let places = [
        ("src/i18n.rs", "\"<tag>\""),
        ("www/locales/<tag>.json", "\"Model\""),
        ("www/shell/words.js", "\n  <tag>: ["),
        ("www/shell/error-words.js", "\n  <tag>: ["),
        ("www/page.js", "'<tag>'"),
        ("crates/admin/src/words.rs", "\"<tag>\""),
    ];
    let mut lacking = Vec::new();
    for (place, form) in places {
        assert!(docs.contains(&format!("| `{place}` |")), "docs/languages.md: {place}");
        // English is in the sources and pages themselves.
        let built_in =
            |tag: &str| tag == "en" && place.starts_with("www/") && !place.contains("shell");
        for tag in Locale::TAGS.into_iter().filter(|tag| !built_in(tag)) {
            let file = place.replace("<tag>", tag);
            if !read(&file).contains(&form.replace("<tag>", tag)) {
                lacking.push(format!("{file} lacks {tag}"));
            }
        }
    }
    assert_eq!(lacking, Vec::<String>::new());
}
