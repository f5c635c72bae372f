//! The texts of the project's own pages: tables in scripts, in the order of the languages, with English in the
//! pages. It must not know how a page puts them in their places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{KEPT, foreign, latin, placeholders};

/// What is written in Latin letters on these pages in every language, beside what messages have so.
const KEPT_ON_PAGES: &[&str] = &["px"];
/// What is the same as in English: the text, and the languages.
const SAME: &[(&str, &[&str])] = &[
    ("Gateway", &["de", "pt", "it"]),
    ("Mode", &["fr"]),
    ("Prompt", &["de", "fr", "es", "pt", "it"]),
    ("Question", &["fr"]),
    ("Style", &["fr"]),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A table `const NAME = {` of lists of texts, with their names.
fn table(source: &str, name: &str) -> Vec<(String, Vec<String>)> {
    let opening = format!("const {name} = {{");
    let (_, body) = source.split_once(&opening).expect("the table");
    let (body, _) = body.split_once("\n};").expect("its end");
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let (mut word, mut chars) = (String::new(), body.chars());
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next().expect("the end of a text") {
                        '\'' => break,
                        '\\' => text.extend(chars.next()),
                        other => text.push(other),
                    }
                }
                rows.last_mut().expect("a name before its texts").1.push(text);
            }
            ':' => rows.push((std::mem::take(&mut word), Vec::new())),
            c if c.is_ascii_alphanumeric() => word.push(c),
            _ => word.clear(),
        }
    }
    rows
}

/// The list of languages in `page.js`.
fn languages(source: &str) -> Vec<&str> {
    let (_, list) = source.split_once("const LANGUAGES = [").expect("the languages");
    let (list, _) = list.split_once("];").expect("their end");
    list.split(',').map(|tag| tag.trim().trim_matches('\'')).collect()
}

/// What a page says itself in English, by what marks it.
fn marked(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices("data-") {
        let (start, end) =
            (html[..at].rfind('<').expect("a tag"), html[at..].find('>').expect("its end"));
        let (tag, rest) = (&html[start..=at + end], &html[at + end + 1..]);
        let attribute = |name: &str| {
            let (_, value) = tag.split_once(&format!(" {name}=\""))?;
            Some(value.split_once('"')?.0.to_owned())
        };
        for (mark, attribute_with_it) in
            [("text", None), ("label", Some("aria-label")), ("placeholder", Some("placeholder"))]
        {
            if !html[at..].starts_with(&format!("data-{mark}=\"")) {
                continue;
            }
            let name = attribute(&format!("data-{mark}")).expect("a name");
            let said = match attribute_with_it {
                Some(attribute_with_it) => attribute(attribute_with_it),
                None if tag.starts_with("<iframe") => attribute("title"),
                None => rest.split_once('<').map(|(text, _)| text.trim().to_owned()),
            };
            found.push((name, said.unwrap_or_else(|| panic!("no English: {tag}"))));
        }
    }
    found
}

/// The project's own pages, by their paths.
fn pages() -> BTreeMap<String, String> {
    let mut paths = vec!["index.html".to_owned()];
    for folder in ["www", "www/examples"] {
        let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        for file in files.expect("pages") {
            let name = file.expect("a file").file_name().to_string_lossy().into_owned();
            if name.ends_with(".html") {
                paths.push(format!("{folder}/{name}"));
            }
        }
    }
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// Fails where one of the texts of a name is missing, empty, lacks what is put in, or is English.
fn assert_complete(name: &str, english: &str, texts: &[String], tags: &[&str]) {
    assert_eq!(texts.len(), tags.len(), "{name}: {texts:?}");
    let same = SAME.iter().find(|(text, _)| *text == english).map_or(&[][..], |(_, tags)| tags);
    for (text, tag) in texts.iter().zip(tags) {
        assert!(!text.trim().is_empty(), "{tag}: {name}");
        assert_eq!(placeholders(text), placeholders(english), "{tag}: {name}");
        assert_eq!(text == english, same.contains(tag), "{tag}: {name}: {text}");
        if matches!(*tag, "ja" | "zh" | "hi" | "ar") {
            let put_in = placeholders(text);
            let kept = |word: &str| {
                KEPT.contains(&word) || KEPT_ON_PAGES.contains(&word) || put_in.contains(word)
            };
            let left = latin(text).find(|word| !kept(word));
            assert_eq!(left, None, "{tag}: {name}: {text}");
        }
    }
}

#[test]
fn every_text_of_our_pages_is_in_every_language() {
    let (page, builder) = (read("www/page.js"), read("www/builder-texts.js"));
    let tags = languages(&page);
    assert_eq!(
        tags.iter().copied().collect::<BTreeSet<_>>(),
        foreign().collect::<BTreeSet<_>>(),
        "www/page.js"
    );
    let tables = [
        ("www/page.js", table(&page, "TEXTS")),
        ("www/builder-texts.js", table(&builder, "TEXTS")),
    ];
    let mut used = BTreeSet::new();
    for (path, html) in pages() {
        for (name, english) in marked(&html) {
            // A page takes the builder's texts where it loads them.
            let row = tables
                .iter()
                .filter(|(script, _)| html.contains(script.rsplit('/').next().unwrap_or_default()));
            let row = row.flat_map(|(script, rows)| rows.iter().map(move |row| (script, row)));
            let found: Vec<_> = row.filter(|(_, (known, _))| *known == name).collect();
            let [(script, (_, texts))] = found[..] else {
                panic!("{path}: {name} is in {} tables", found.len())
            };
            assert_complete(&format!("{path}: {name}"), &english, texts, &tags);
            used.insert((*script, name));
        }
    }
    for (script, rows) in &tables {
        assert!(rows.len() > 20, "{script}: {}", rows.len());
        for (name, _) in rows {
            assert!(used.contains(&(*script, name.clone())), "{script}: no page says {name}");
        }
    }
    let said = table(&builder, "SAID");
    assert!(said.len() > 4);
    for (name, texts) in said {
        assert_complete(&name, &texts[0], &texts[1..], &tags);
    }
}

#[test]
fn the_builder_offers_every_language() {
    let page = read("www/builder.html");
    let (_, list) = page.split_once("<select name=\"lang\">").expect("the languages");
    let (list, _) = list.split_once("</select>").expect("their end");
    let offered =
        list.split("<option value=\"").skip(1).filter_map(|option| option.split_once('"'));
    let offered =
        offered.map(|(tag, _)| tag).filter(|tag| !tag.is_empty()).collect::<BTreeSet<_>>();
    assert_eq!(offered, super::Locale::TAGS.into_iter().collect());
}

#[test]
fn tables_and_pages_are_read_as_they_are_written() {
    let source = "const A = {\n  one: ['x: y', 'don\\'t'],\n  two: [\n    'z', 'w',\n  ],\n};\nconst B = {\n};";
    let row = |name: &str, texts: [&str; 2]| (name.to_owned(), texts.map(str::to_owned).to_vec());
    assert_eq!(table(source, "A"), [row("one", ["x: y", "don't"]), row("two", ["z", "w"])]);
    let html = "<p data-text=\"a\">One</p><i aria-label=\"Two\" data-label=\"b\"></i>\
                <iframe title=\"Three\" data-text=\"c\"></iframe>";
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(marked(html), [pair("a", "One"), pair("b", "Two"), pair("c", "Three")]);
}
