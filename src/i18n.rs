//! The widget's words. All of a language stand in one table; English is built in, the others are
//! files in `www/locales/` with the same names, loaded one at a time by the shell. It must not know
//! the browser: numbers and plural categories are handed in, made by the browser's `Intl`.
//!
//! A text may hold `{name}` where something is put in. A text with plurals is written
//! `one=… | other=…`, with the categories of Unicode's plural rules.

use std::borrow::Cow;

use ai_now_protocol::{Code, Message, Scalar, options};

use crate::api_error::ApiError;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $english:literal,)*) => {
        /// The name of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $($(#[$doc])* $name,)* }

        impl Word {
            /// All names with their English texts, in the order of the enum.
            pub const ALL: &[(&'static str, &'static str)] = &[$((stringify!($name), $english),)*];
        }
    };
}

words! {
    /// The label of the models.
    Model = "Model",
    /// The label of the styles.
    Style = "Style",
    /// The choice of no style.
    NoStyle = "No style",
    /// The label of the search among styles.
    FindStyle = "Find a style",
    /// No style matches the search.
    NoSuchStyle = "No style is called that.",
    /// The label of what else a model can be told.
    Options = "Options",
    /// Folds the options out that few people need.
    MoreOptions = "More",
    /// The label of a length.
    InSeconds = "{name}, in seconds",
    /// An option: how long the result is.
    OptionSeconds = "Length",
    /// An option: width to height.
    OptionAspectRatio = "Shape",
    /// An option: how large the picture is.
    OptionResolution = "Size",
    /// An option: a picture to begin with.
    OptionImage = "First picture",
    /// An option: the same seed gives the same result.
    OptionSeed = "Seed",
    /// An option: music without singing.
    OptionInstrumental = "Instrumental",
    /// An option: the words of a song.
    OptionLyrics = "Lyrics",
    /// Takes the first picture away.
    RemovePicture = "Remove the picture",
    /// The first picture is on its way.
    Uploading = "Uploading …",
    /// What a model makes.
    Music = "Music",
    /// What a model makes.
    Video = "Video",
    /// What a model makes.
    Picture = "Picture",
    /// A number of tokens.
    Tokens = "one={n} token | other={n} tokens",
    /// A model's usual duration is unknown.
    TimeVaries = "time varies",
    /// What results are that are drawn by rules.
    Sketch = "Procedural sketch",
    /// What that means.
    SketchMeans = "Drawn by rules from your words, not by a trained model.",
    /// What it costs where the page makes it itself.
    Demo = "Demo: made in this browser, by rules from your words. It costs nothing.",
    /// The browser refused to keep a file that the page made.
    NotKept = "This browser has no room to keep it. It stays as long as this page is open: download it.",
    /// The engine is there, and does not start: a rule of the page's.
    EngineForbidden = "The sketch engine could not start. If this page has a Content-Security-Policy, its owner has to add to it: {rules}",
    /// The engine can't be fetched.
    EngineAway = "The sketch engine could not be loaded. Check the connection, then try again.",
    /// The engine has failed.
    EngineFault = "The sketch engine could not make this one. Try it with other words.",
    /// The label of the examples.
    Examples = "Start from an example",
    /// An example of a prompt for music.
    ExampleMusic1 = "An upbeat pop song about summer",
    /// An example of a prompt for music.
    ExampleMusic2 = "Slow jazz for a rainy night in the city",
    /// An example of a prompt for music.
    ExampleMusic3 = "A calm piano piece in D minor, 70 bpm",
    /// An example of a prompt for pictures and video.
    ExampleScene1 = "A serene lake surrounded by mountains",
    /// An example of a prompt for pictures and video.
    ExampleScene2 = "Snow falling on a small town at night",
    /// An example of a prompt for pictures and video.
    ExampleScene3 = "Sunset over the sea with birds",
    /// How much of the prompt's room is used, for screen readers.
    CharsOf = "{used} of {max} characters",
    /// What it costs.
    Costs = "Costs {tokens}",
    /// What there is to spend.
    Balance = "{tokens} left",
    /// The connection to the gateway is being made.
    Connecting = "Connecting …",
    /// Why it doesn't start: nothing to go by.
    NeedPrompt = "Describe what you would like to make.",
    /// Why it doesn't start: the prompt is too long.
    TooLong = "one=The prompt is {n} character too long. Shorten it. | other=The prompt is {n} characters too long. Shorten it.",
    /// Why it doesn't start: too few tokens.
    TooFew = "This costs {price}, and {balance} are left. Choose a model that costs less, or ask the owner of this page for more tokens.",
    /// The gateway doesn't know this page.
    NotAllowed = "This page may not generate yet. Its owner has to give the element a publishable key, or open sessions for its visitors.",
    /// No answer from the gateway.
    Unreachable = "The gateway can't be reached. Check the connection; it is tried again by itself.",
    /// The browser is offline.
    Offline = "You are offline. It goes on by itself as soon as there is a connection.",
    /// The gateway asks to wait.
    Busy = "It's busy right now. It will be tried again automatically.",
    /// The gateway failed, without a sentence of its own.
    Broken = "Something went wrong at the gateway. Try again in a moment.",
    /// The gateway's answer can't be read.
    Unreadable = "The answer was not one of an AI-Now gateway. The owner of this page should check the gateway's address.",
    /// A generation is not there any more.
    Gone = "The gateway doesn't know this any more. Make it again.",
    /// Nobody is before it in the queue.
    NextUp = "Next in the queue",
    /// The region of the result.
    Result = "Result",
    /// Nothing was made yet.
    EmptyTitle = "A sentence is enough",
    /// Nothing was made yet.
    EmptyText = "What you ask for appears here: first how far it is, then the thing itself.",
    /// The request is on its way.
    Sending = "Sending",
    /// It waits for its turn.
    Queued = "one={n} before you in the queue | other={n} before you in the queue",
    /// It is being made, nobody says more.
    Making = "Being made",
    /// A step: the prompt is looked at.
    StepReading = "Reading your words",
    /// A step: the sound comes about.
    StepPlaying = "Playing the instruments",
    /// A step: the pictures come about.
    StepDrawing = "Drawing the pictures",
    /// A step: the file comes about.
    StepEncoding = "Writing the file",
    /// How far it is, announced.
    PartDone = "{part} done",
    /// Asks for a notification at the end.
    TellMe = "Tell me when it is done",
    /// In the tab's title once there is a result.
    EndedWell = "✓ Done",
    /// In the tab's title once it failed.
    EndedBadly = "✕ Failed",
    /// The label of the progress bar.
    Progress = "Progress",
    /// How long it has been going on.
    Passed = "{time} so far",
    /// How long it usually takes.
    Usually = "usually {time}",
    /// How long it will probably take.
    Left = "about {time} left",
    /// The stream is being restored.
    Restoring = "The connection was lost and is being restored. Your generation goes on meanwhile.",
    /// Stops the generation.
    Cancel = "Cancel",
    /// It is being stopped.
    Stopping = "Stopping …",
    /// Announced when the result is there.
    Ready = "Done: {prompt}",
    /// It failed.
    FailedTitle = "That did not work",
    /// It was stopped.
    CancelledTitle = "Cancelled",
    /// Tokens went back.
    Returned = "one={n} token was returned. | other={n} tokens were returned.",
    /// A way on after a failure.
    TryAgain = "Try again",
    /// Starts playback.
    Play = "Play",
    /// Stops playback.
    Pause = "Pause",
    /// The slider of the position.
    Position = "Position",
    /// The value of that slider.
    PositionOf = "{time} of {total}",
    /// Sound off.
    Mute = "Mute",
    /// The slider of the volume.
    Volume = "Volume",
    /// The playback speed.
    Speed = "Speed",
    /// Plays again and again.
    Loop = "Loop",
    /// Fills the screen.
    FullScreen = "Full screen",
    /// A small window of its own.
    PictureInPicture = "Picture in picture",
    /// Saves the file.
    Download = "Download",
    /// Copies the address of the result.
    CopyLink = "Copy link",
    /// It was copied.
    Copied = "Link copied",
    /// Hands the address to another program.
    Share = "Share",
    /// The same once more, with another seed.
    Vary = "Make another",
    /// Puts the prompt back into the form.
    Reuse = "Use this prompt",
    /// The file can't be played.
    CannotPlay = "This file could not be loaded. Check the connection and try again, or download it.",
    /// The file is there and can't be decoded.
    CannotDecode = "This browser can't play this file. Download it, and open it with another program.",
    /// Chooses another style or model for the same prompt.
    Elsewhere = "Another style or model",
    /// The list of what was made.
    History = "Made on this device",
    /// Search in that list.
    FindInHistory = "Find in what was made",
    /// Nothing matches that search.
    NothingFound = "Nothing matches.",
    /// Reads the next of that list.
    ShowOlder = "Show older",
    /// Deletes one of that list.
    Delete = "Delete from the list: {prompt}",
    /// Deletes the whole list.
    DeleteAll = "Delete all",
    /// Asks before it does.
    DeleteAllSure = "Really delete all?",
    /// So many were deleted.
    Deleted = "one={n} deleted. | other={n} deleted.",
    /// Takes that back.
    Undo = "Undo",
    /// The browser keeps no list.
    NoHistory = "This browser does not keep this list: it ends with this page.",
    /// Writes the list to a file.
    Export = "Export",
    /// The label of the key in direct mode.
    ApiKey = "Your API key",
    /// What happens with the key.
    ApiKeyKept = "It is kept in the memory of this page alone, unless you have it remembered.",
    /// Has the key kept.
    RememberKey = "Remember it on this device",
    /// The key is not valid.
    WrongKey = "The server does not accept this API key. Check it, and generate again.",
    /// Why it doesn't start: no key.
    NeedKey = "Enter your API key first.",
    /// A stream of the documented API broke off.
    BrokeOff = "The connection broke off before the result was there. Whether it was charged, only the server knows.",
}

/// What an option is called; `None` for one that this page has never heard of.
pub fn option_word(id: &str) -> Option<Word> {
    Some(match id {
        options::SECONDS => Word::OptionSeconds,
        options::ASPECT_RATIO => Word::OptionAspectRatio,
        options::RESOLUTION => Word::OptionResolution,
        options::IMAGE => Word::OptionImage,
        options::SEED => Word::OptionSeed,
        options::INSTRUMENTAL => Word::OptionInstrumental,
        options::LYRICS => Word::OptionLyrics,
        _ => return None,
    })
}

/// A language's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The language, as a BCP 47 tag: `en`, `pt`.
    pub tag: String,
    texts: Vec<Cow<'static, str>>,
    /// What is said for a code, in the order of [`Code::ALL`]. English has none: the messages
    /// themselves are English.
    codes: Vec<Option<String>>,
}

impl Locale {
    /// The languages of `www/locales/`, and English.
    pub const TAGS: [&'static str; 10] =
        ["en", "de", "fr", "es", "pt", "it", "ja", "zh", "hi", "ar"];

    /// A language. `lookup` finds the text of a name in the file that was loaded; what it doesn't
    /// find stays English.
    pub fn new(tag: &str, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let text = |&(name, english): &(&'static str, &'static str)| {
            lookup(name).map_or(Cow::Borrowed(english), Cow::Owned)
        };
        let codes = Code::ALL.iter().map(|code| lookup(code.as_str())).collect();
        Self { tag: tag.to_owned(), texts: Word::ALL.iter().map(text).collect(), codes }
    }

    /// The built-in language.
    pub fn english() -> Self {
        Self::new("en", |_| None)
    }

    /// The writing direction, as the `dir` attribute wants it.
    pub fn direction(&self) -> &'static str {
        if self.tag.starts_with("ar") { "rtl" } else { "ltr" }
    }

    /// A text without anything to put in.
    pub fn text(&self, word: Word) -> &str {
        &self.texts[word as usize]
    }

    /// A text with `values` put in where their names stand in braces.
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        fill(self.text(word), values)
    }

    /// What a message says, in this language as far as it has words for the code; else as it came, in
    /// English. `category` is a number's plural category, `write` the number as it is written.
    ///
    /// The first number among the parameters, in the order of [`Code::params`], chooses the form of a
    /// text with plurals.
    pub fn message(
        &self,
        message: &Message,
        category: impl Fn(u32) -> String,
        write: impl Fn(u32) -> String,
    ) -> String {
        let known = Code::ALL.iter().zip(&self.codes).find(|(code, _)| message.is(**code));
        let Some((code, Some(text))) = known else { return message.text.to_string() };
        let number = |value: &Scalar| u32::try_from(value.as_integer()?).ok();
        let mut values = Vec::new();
        let mut form = None;
        for name in code.params() {
            let Some(value) = message.params.get(*name) else { continue };
            if form.is_none() {
                form = number(value).map(&category);
            }
            let written = number(value).map_or_else(|| value.to_string(), &write);
            values.push((*name, written));
        }
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let form = choose(text, form.as_deref().unwrap_or("other"));
        let named = form.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        if named.into_iter().any(|name| values.iter().all(|(known, _)| *known != name)) {
            // A sentence with a hole in it says less than the English one.
            return message.text.to_string();
        }
        fill(form, &values)
    }

    /// A text that depends on a number: `category` is the number's plural category, `n` the number
    /// as it is written.
    pub fn plural(&self, word: Word, category: &str, n: &str) -> String {
        fill(choose(self.text(word), category), &[("n", n)])
    }
}

/// What an error means for a person about which the gateway says nothing.
pub fn error_word(error: &ApiError) -> Word {
    match error {
        ApiError::TooFewTokens(_) | ApiError::Refused(_) | ApiError::Broken(_) => Word::Broken,
        ApiError::Unreachable => Word::Unreachable,
        ApiError::Unauthorized => Word::NotAllowed,
        ApiError::Later(_) => Word::Busy,
        ApiError::Gone => Word::Gone,
        ApiError::Unreadable => Word::Unreadable,
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // What is put in may hold braces of its own: they are not looked at again.
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
fn choose<'a>(text: &'a str, category: &str) -> &'a str {
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
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
        let (_, table) = words.split_once("const TEXTS = {\n").expect("the table");
        let (table, _) = table.split_once("};").expect("its end");
        let languages: Vec<_> = table
            .lines()
            .filter_map(|line| {
                let (tag, texts) = line.trim().split_once(": [")?;
                assert_eq!(texts.matches('\'').count(), 2 * 6, "{line}");
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
                } else {
                    text.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let mut words = text.split("Word::").skip(1).map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
        });
        let used: BTreeSet<_> = words.by_ref().collect();
        let unused = Word::ALL.iter().map(|(name, _)| *name).filter(|name| !used.contains(name));
        assert_eq!(unused.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
