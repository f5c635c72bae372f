//! Finds the lexicon's words in a text.
//!
//! It must not know what a meaning is used for.

use std::sync::LazyLock;

use crate::brief::amounts::{
    counted, is_player, is_plural, is_woman, size_of, small_number, two_of,
};
use crate::brief::forms;
use crate::brief::language::{self, Language};
use crate::brief::lexicon::LEXICON;
use crate::brief::sense::{Sense, Thing};
use crate::brief::split::{Word, fold, is_solid};

/// A recognised meaning.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) sense: Sense,
    /// Its English name.
    pub(crate) name: String,
    pub(crate) negated: bool,
    /// The number before it.
    pub(crate) count: Option<u32>,
    pub(crate) plural: bool,
    /// Its size relative to the usual one, as a factor.
    pub(crate) big: f32,
    /// Whether the word denotes women (or men).
    pub(crate) woman: Option<bool>,
}

/// Finds every meaning, in the order of the text, phrases before the words inside them.
pub(crate) fn find(words: &[Word], language: Option<Language>) -> Vec<Found> {
    let table = &*TABLE;
    let mut found = Vec::new();
    let mut negated_for = 0;
    let mut count = None;
    let mut big = 1.0;
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        // "Kids building a castle": here "building" is a verb, not a house.
        let next = words.get(at + 1).map_or("", |w| w.text.as_str());
        if word.text == "building" && matches!(next, "a" | "an" | "the") {
            at += 1;
            continue;
        }
        big = size_of(&word.text).unwrap_or(big);
        if word.solid {
            table.find_inside(&word.text, count.take(), &mut found);
            at += 1;
            continue;
        }
        if is_no(&word.text, language) {
            negated_for = 3;
            at += 1;
            continue;
        }
        let hit = (1..=4.min(words.len() - at)).rev().find_map(|len| {
            let phrase = &words[at..at + len];
            table.find(phrase, language).map(|rows| (rows, len, false))
        });
        // "Drumless", "starless".
        let hit = hit.or_else(|| {
            let text = word.text.strip_suffix("less").filter(|base| base.len() >= 3)?;
            let base = Word { text: text.to_owned(), ..word.clone() };
            table.find(&[base], language).map(|rows| (rows, 1, true))
        });
        if let Some((mut rows, len, less)) = hit {
            choose_sense(&mut rows, words, at, len);
            // Hindi negates after the word: "ढोल के बिना", "ढोल नहीं".
            let text = |at: usize| words.get(at).map(|w| w.text.as_str()).unwrap_or_default();
            let behind = match (text(at + len), text(at + len + 1)) {
                ("के", "बिना") => 2,
                ("नहीं", _) => 1,
                _ => 0,
            };
            let negated = negated_for > 0 || less || behind > 0;
            for (place, row) in rows.iter().enumerate() {
                found.push(Found {
                    sense: LEXICON[*row].0,
                    // Only the first meaning is listed for people: "blues" isn't listed as the
                    // colour blue too.
                    name: if place == 0 { name(*row) } else { String::new() },
                    negated,
                    count: count.or(two_of(&words[at + len - 1].text)),
                    big,
                    plural: is_plural(&words[at + len - 1].text),
                    woman: is_woman(&words[at + len - 1].text),
                });
            }
            if let Some(last) = found.last().filter(|_| is_player(&words[at + len - 1].text)) {
                let (sense, name) = (Sense::Thing(Thing::Person), String::new());
                found.push(Found { sense, name, ..last.clone() });
            }
            if rows.iter().any(|row| matches!(LEXICON[*row].0, Sense::Thing(_))) {
                big = 1.0;
            }
            // "Three red cars": the number applies beyond the adjective.
            if !rows.iter().all(|row| matches!(LEXICON[*row].0, Sense::Colour(_))) {
                count = None;
            }
            at += len + behind;
            // "No drums or bass", "ni batterie ni basse": the negation applies to both.
            negated_for = 0;
            if negated && words.get(at).is_some_and(|w| is_or(&w.text)) {
                negated_for = 3;
                at += 1;
            }
            continue;
        }
        if let Some(number) = small_number(&word.text) {
            count = Some(number);
        } else if !is_filler(&word.text) {
            count = None;
            // "No big loud drums": adjectives are skipped, but only a few, so that the negation
            // ends.
            negated_for = i32::max(negated_for - 1, 0);
        }
        at += 1;
    }
    found
}

/// Decides the meaning of a word that is both a genre and a thing ("house"): the genre, unless it
/// is used as a countable noun ("a house", "two houses") that isn't followed by a music word ("a
/// house track").
fn choose_sense(rows: &mut Vec<usize>, words: &[Word], at: usize, len: usize) {
    let genre = |row: &usize| matches!(LEXICON[*row].0, Sense::Genre(_));
    let thing = |row: &usize| matches!(LEXICON[*row].0, Sense::Thing(_));
    if !(rows.iter().any(genre) && rows.iter().any(thing)) {
        return;
    }
    const MUSIC: &str = " music song track beat beats tune mix groove club dj band concert vibe vibes \
        musik lied musique musica ";
    let is_in = |list: &str, at: usize| {
        words.get(at).is_some_and(|w| list.contains(&format!(" {} ", w.text)))
    };
    let music = is_in(MUSIC, at + len);
    let as_thing = (1..=2).any(|back| {
        at >= back
            && (is_in(THING_BEFORE, at - back) || small_number(&words[at - back].text).is_some())
    });
    rows.retain(|row| if as_thing && !music { !genre(row) } else { !thing(row) });
}

const THING_BEFORE: &str = " a an the my our your his her their this that old little small big tiny \
    red blue white green yellow black wooden haunted empty in ";

/// The lexicon, indexed.
struct Table {
    /// Words and phrases of scripts with spaces (folded, joined by `_`), each with its row.
    spaced: Vec<(String, usize)>,
    /// Words of scripts without spaces, the longest first.
    solid: Vec<(&'static str, usize)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let mut spaced = Vec::new();
        let mut solid = Vec::new();
        for (row, (_, words)) in LEXICON.iter().enumerate() {
            for word in words.split_whitespace() {
                if word.chars().next().is_some_and(is_solid) {
                    solid.push((word, row));
                    continue;
                }
                let mut folded = String::new();
                word.chars().for_each(|c| fold(c, &mut folded));
                spaced.push((folded, row));
            }
        }
        // Sorted by word, then by row: the first row that lists a word comes first.
        spaced.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        spaced.dedup();
        solid.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1.cmp(&b.1)));
        Self { spaced, solid }
    }

    /// The rows of a word or phrase, at most one of each kind: one word isn't two places.
    fn find(&self, phrase: &[Word], language: Option<Language>) -> Option<Vec<usize>> {
        let (last, before) = phrase.split_last()?;
        let plain = is_plain(&last.text) || small_number(&last.text).is_some();
        if phrase.iter().any(|w| w.solid) || phrase.len() == 1 && plain {
            return None;
        }
        let head: String = before.iter().map(|w| format!("{}_", w.text)).collect();
        let mut forms = forms::of(&last.text, language);
        if language::decided(&last.text, language).is_some() {
            // The word itself is listed, so it isn't treated as a form of another word.
            forms.truncate(1);
        }
        forms.into_iter().find_map(|form| {
            let key = format!("{head}{form}");
            let mut rows = self.rows(&key);
            if let Some(names) = language::decided(&key, language) {
                rows.retain(|row| names.contains(&name(*row).as_str()));
            }
            (!rows.is_empty()).then_some(rows)
        })
    }

    fn rows(&self, key: &str) -> Vec<usize> {
        let from = self.spaced.partition_point(|entry| entry.0.as_str() < key);
        let mut rows: Vec<usize> = Vec::new();
        for (_, row) in self.spaced[from..].iter().take_while(|e| e.0 == key) {
            let kind = |row: usize| std::mem::discriminant(&LEXICON[row].0);
            if language::decided(key, None).is_some()
                || !rows.iter().any(|r| kind(*r) == kind(*row))
            {
                rows.push(*row);
            }
        }
        rows
    }

    /// Every word that occurs in a text without spaces; at each position the longest match wins.
    fn find_inside(&self, text: &str, mut count: Option<u32>, found: &mut Vec<Found>) {
        let mut rest = text;
        let mut negated = false;
        while let Some(first) = rest.chars().next() {
            if let Some(word) = PLAIN_INSIDE.iter().find(|word| rest.starts_with(**word)) {
                rest = &rest[word.len()..];
                continue;
            }
            if let Some(no) = NO_INSIDE.iter().find(|no| rest.starts_with(**no)) {
                negated = true;
                rest = &rest[no.len()..];
                continue;
            }
            if let Some((number, len)) = counted(rest) {
                count = number.or(count);
                rest = &rest[len..];
                continue;
            }
            if let Some((word, row)) = self.solid.iter().find(|(word, _)| rest.starts_with(word)) {
                rest = &rest[word.len()..];
                let after = NO_AFTER.iter().any(|no| rest.starts_with(no));
                found.push(Found {
                    sense: LEXICON[*row].0,
                    name: name(*row),
                    negated: negated || after,
                    count: count.take(),
                    plural: false,
                    big: 1.0,
                    woman: is_woman(word),
                });
                // "没有鼓和钢琴": the negation applies to both.
                let and = AND_INSIDE.iter().find(|and| negated && rest.starts_with(**and));
                negated = and.is_some();
                rest = &rest[and.map_or(0, |and| and.len())..];
                continue;
            }
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// The names of all rows that list a word.
#[cfg(test)]
pub(crate) fn rows_of(word: &str) -> Vec<String> {
    let rows = TABLE.spaced.iter().filter(|e| e.0 == word);
    rows.map(|e| name(e.1)).collect()
}

/// The words that are listed in several rows.
#[cfg(test)]
pub(crate) fn shared() -> Vec<String> {
    let solid = TABLE.solid.iter().map(|e| (e.0.to_owned(), e.1));
    let mut every: Vec<_> = TABLE.spaced.iter().cloned().chain(solid).collect();
    every.sort();
    let mut shared: Vec<_> =
        every.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0.clone()).collect();
    shared.dedup();
    shared
}

/// The English name of a row: its first word.
fn name(row: usize) -> String {
    LEXICON[row].1.split(' ').next().unwrap_or_default().replace('_', " ")
}

/// Words without a meaning here that look like others once accents and endings are removed ("the",
/// "thé").
fn is_plain(word: &str) -> bool {
    const PLAIN: &str = " at in on to and with is as it its by for from into over under near about \
        song music video picture image some this that their his her our through across along watering falling falls ";
    PLAIN.contains(&format!(" {word} "))
}

/// Words that negate what follows. In Portuguese, "no" means "in the".
fn is_no(word: &str, language: Option<Language>) -> bool {
    const NO: &str = " no not without non dont doesnt isnt never minus except excluding hold_the zero ohne kein keine \
        keinen keinerlei nicht nie sans pas aucun aucune ni sin ningun ninguna sem nenhum nenhuma nem \
        senza nessun nessuna niente ne nao nada बिना بدون دون بلا لا ";
    if word == "no" && language == Some(Language::Pt) {
        return false;
    }
    if word == "sin" && language == Some(Language::En) {
        return false;
    }
    NO.contains(&format!(" {word} "))
}

/// Words that continue a negation.
fn is_or(word: &str) -> bool {
    const OR: &str = " or nor oder noch ou ni nem ne या أو او ";
    OR.contains(&format!(" {word} "))
}

const NO_INSIDE: &[&str] = &["没有", "沒有", "不要", "不带", "不含", "无", "無し", "没"];
const NO_AFTER: &[&str] = &[
    "なし",
    "無し",
    "抜き",
    "のない",
    "がない",
    "はない",
    "は要らない",
    "はいらない",
    "以外",
    "を除",
];
const AND_INSIDE: &[&str] = &["和", "或", "与", "、"];

/// Compounds that contain unrelated words: 日本 (Japan) isn't a book (本).
const PLAIN_INSIDE: &[&str] = &[
    "日本",
    "本当",
    "基本",
    "人生",
    "人工",
    "人間",
    "中心",
    "安心",
    "心配",
    "国家",
    "作家",
    "月曜",
    "火曜",
    "水曜",
    "木曜",
    "金曜",
    "土曜",
    "日曜",
    "今月",
    "来月",
    "一月",
    "二月",
    "三月",
    "石油",
    "道理",
    "味道",
    "知道",
    "報道",
    "明白",
    "星期",
    "明星",
    "海外",
    "上海",
    "風景",
    "无限",
    "无数",
    "無限",
    "音楽",
    "音乐",
    "大家",
    "専門家",
    "画家",
    "朝鮮",
];

/// Words that may stand between a negation or a number and its noun.
fn is_filler(word: &str) -> bool {
    const FILLER: &str = " a an any the of big small little tiny huge old young tall flying running \
        swimming beautiful le la les de des du el los las un une una uns der die das den ein eine \
        o os as um uma il gli i big-ish more ";
    FILLER.contains(&format!(" {word} "))
}
