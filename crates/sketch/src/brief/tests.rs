//! Prompts, and the meanings that are recognised in them.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// The recognised meanings as people read them in English.
fn understood(brief: &Brief) -> String {
    brief.said.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[test]
fn words_of_many_languages_are_understood() {
    for (prompt, place) in [
        ("A serene lake surrounded by mountains", Place::Lake),
        ("Ein ruhiger See im Gebirge", Place::Mountains),
        ("une forêt en automne", Place::Forest),
        ("el mar al atardecer", Place::Sea),
        ("uma cidade à noite", Place::City),
        ("una foresta incantata", Place::Forest),
        ("夕焼けの海", Place::Sea),
        ("夜晚的城市", Place::City),
        ("रात में पहाड़", Place::Mountains),
        ("غابة في الليل", Place::Forest),
    ] {
        let brief = Brief::read(prompt, 0);
        assert!(brief.places.contains(&place), "{prompt}: {:?}", brief.said);
    }
}

#[test]
fn numbers_are_understood() {
    let brief = Brief::read("a waltz, 92 bpm, in C# minor, 12 seconds, three birds", 0);
    assert_eq!(brief.bpm, Some(92.0));
    assert_eq!(brief.tonic, Some(1));
    assert_eq!(brief.minor, Some(true));
    assert_eq!(brief.duration_secs, Some(12.0));
    assert_eq!(brief.count(Thing::Bird), Some(3));
    let brief = Brief::read("140BPM techno in Eb major for 2 minutes", 0);
    assert_eq!((brief.bpm, brief.tonic, brief.minor), (Some(140.0), Some(3), Some(false)));
    assert_eq!(brief.duration_secs, Some(120.0));
    assert_eq!(Brief::read("a cat in a box", 0).tonic, None);
}

#[test]
fn durations_are_understood_and_times_of_day_are_not_taken_for_them() {
    for (prompt, secs) in [
        ("jazz, 1:30", Some(90.0)),
        ("half a minute of rain", Some(30.0)),
        ("eine halbe Minute Walzer", Some(30.0)),
        ("une demi-minute de calme", Some(30.0)),
        ("medio minuto de salsa", Some(30.0)),
        ("0:45 techno", Some(45.0)),
        ("the city at 2:30", None),
        ("the city, 2:30 pm", None),
        ("1:02:03", None),
        ("1:99 and 0:00", None),
        ("half a moon, a minute", None),
    ] {
        assert_eq!(Brief::read(prompt, 0).duration_secs, secs, "{prompt}");
    }
}

#[test]
fn negations_are_recognised() {
    for prompt in ["rock with no drums", "ohne Schlagzeug", "sans batterie", "没有鼓的音乐"] {
        let brief = Brief::read(prompt, 0);
        assert!(brief.bars(Part::Drums) && !brief.wants(Part::Drums), "{prompt}: {brief:?}");
    }
    let brief = Brief::read("a lake without any trees, with birds", 0);
    assert_eq!(brief.without_things, [Thing::Tree]);
    assert_eq!(brief.count(Thing::Bird), Some(0));
}

#[test]
fn phrases_stems_and_colours_are_understood() {
    let brief = Brief::read("Lo-fi beats with a red car and blue houses, running horses", 0);
    assert!(brief.genres.contains(&Genre::LoFi), "{:?}", brief.said);
    assert!(brief.colours.contains(&([214, 48, 49], Some(Thing::Car))));
    assert!(brief.colours.contains(&([52, 110, 212], Some(Thing::House))));
    assert!(brief.count(Thing::Horse).is_some());
}

#[test]
fn unknown_words_and_the_seed_vary_the_seed() {
    let seed = |prompt, seed| Brief::read(prompt, seed).seed;
    assert_ne!(seed("zxqv", 1), seed("zxqw", 1));
    assert_ne!(seed("zxqv", 1), seed("zxqv", 2));
}

/// Prompts in all ten languages, and everything that is recognised in them.
#[rustfmt::skip]
const UNDERSTOOD: &[(&str, &str)] = &[
    ("A rainy night in Tokyo, neon lights and a red taxi", "rain, night, city, lamp, red, car"),
    ("windowsill with a cat and a cup of tea", "window, cat, cup"),
    ("mars rover crossing red dunes at dawn", "mars, red, desert, dawn"),
    ("old fishermen in the harbour, foggy morning", "harbour, fog, dawn"),
    ("market day in a village, 110 bpm folk, no drums", "110 bpm, market, day, village, folk, no drums"),
    ("a lonely astronaut dreams of freedom", "sad, astronaut, mysterious, free"),
    ("drumless ambient for studying", "no drums, ambient, lo fi"),
    ("jazz without saxophone or drums", "jazz, no saxophone, no drums"),
    ("80s synthwave driving at sunset", "80s, synthwave, road, sunset"),
    ("90s beats", "90s, hip hop"),
    ("a house by the lake", "house, lake"),
    ("a house track for the club", "house"),
    ("two houses on a hill", "2 house, mountains"),
    ("deep house, 124 bpm, F# minor, one minute", "124 bpm, 60 seconds, house"),
    ("in a minor key, slow and sad", "slow, sad"),
    ("three wolves under the full moon", "3 wolf, moon"),
    ("caring hands", ""),
    ("the river is flowing", "river"),
    ("don't play any piano", "no piano"),
    ("no big loud drums, just flute", "no drums, flute"),
    ("grandmother baking bread in the kitchen", "person, food, room"),
    ("a footballer scores in the stadium", "football, meadow"),
    ("firefighters and a fire truck in winter", "person, car, winter"),
    ("speed and thrill, motorcycles on the highway", "fast, energetic, bicycle, road"),
    ("hope after the storm", "hopeful, storm"),
    ("a minute of silence", "60 seconds, calm"),
    ("zebras and giraffes on the savanna", "horse, giraffe, meadow"),
    ("wolves running through snowy forests", "wolf, energetic, snow, forest"),
    ("happiest birthday party", "happy, energetic"),
    ("Ein Boot auf dem See im Morgennebel", "boat, lake"),
    ("der Stern über dem Dorf, ohne Schlagzeug", "stars, village, no drums"),
    ("ein rotes Auto im Regen", "red, car, rain"),
    ("fröhlicher Walzer in fis-Moll", "happy, waltz"),
    ("Kinder spielen am Strand im Sommer", "child, beach, summer"),
    ("traurige Geige, keine Trommeln", "sad, strings, no drums"),
    ("zwei Hunde und eine Katze im Garten", "2 dog, cat, meadow"),
    ("eine halbe Minute ruhiges Klavier", "30 seconds, calm, piano"),
    ("Jazz in b-Moll mit Kontrabass", "jazz, bass"),
    ("dunkle Wälder und ein altes Schloss", "dark, forest, castle"),
    ("un chat noir sur le toit, la nuit", "cat, black, night"),
    ("valse triste en ré mineur", "waltz, sad"),
    ("les vagues de la mer au coucher de soleil", "sea, sunset"),
    ("sans batterie ni basse", "no drums, no bass"),
    ("pas de guitare, piano doux", "no guitar, piano, calm"),
    ("des chevaux blancs dans un champ de fleurs", "horse, white, meadow, flower"),
    ("une tour sous la pluie, le vent", "tower, rain, wind"),
    ("rap des années 90", "hip hop, 90s"),
    ("el sol sale sobre la montaña", "sun, mountains"),
    ("guitarra flamenca sin batería", "guitar, flamenco, no drums"),
    ("una niña y su perro en la playa", "child, dog, beach"),
    ("noche de tormenta en el castillo", "night, storm, castle"),
    ("tango lento en la menor", "tango, slow"),
    ("tres pájaros azules", "3 bird, blue"),
    ("o barco no mar ao pôr do sol", "boat, sea, sunset"),
    ("bossa nova sem bateria", "bossa nova, no drums"),
    ("uma casa amarela na floresta", "house, yellow, forest"),
    ("samba alegre com violão", "samba, happy, guitar"),
    ("crianças felizes no parque", "child, happy, meadow"),
    ("lua e estrelas sobre a cidade", "moon, stars, city"),
    ("il cane corre sulla spiaggia in estate", "dog, running, beach, summer"),
    ("senza pianoforte, con violino", "no piano, strings"),
    ("una canzone triste in do minore", "sad"),
    ("la luna sul lago di notte", "moon, lake, night"),
    ("montagne e neve, musica epica", "mountains, snow, epic"),
    ("夕焼けの海と二匹の猫", "sunset, sea, 2 cat"),
    ("ドラムなしのピアノ、ニ短調", "no drums, piano"),
    ("雨の東京、ネオン", "rain, city"),
    ("日本の春、桜", "spring"),
    ("楽しいポップス", "happy, pop"),
    ("没有鼓的钢琴曲", "no drums, piano"),
    ("三只鸟在森林里", "3 bird, forest"),
    ("D小调 悲伤的小提琴", "sad, strings"),
    ("夜晚的城市和霓虹灯", "night, city"),
    ("快乐的流行音乐，120 bpm", "120 bpm, happy, pop"),
    ("बिना ड्रम के शांत संगीत", "no drums, calm"),
    ("ढोल के बिना बांसुरी", "no drums, flute"),
    ("रात में पहाड़ और चांद", "night, mountains, moon"),
    ("तीन लाल फूल", "red, 3 flower"),
    ("खुश बच्चे बगीचे में", "happy, child, meadow"),
    ("موسيقى هادئة بدون طبول", "calm, no drums"),
    ("قطة في الحديقة", "cat, meadow"),
    ("ليل المدينة والمطر", "night, city, rain"),
    ("بيانو حزين", "piano, sad"),
    ("غروب على البحر", "sunset, sea"),
    ("xyzzy plugh quux", ""),
    ("PIANO!!! ♪♫ 8 seconds", "8 seconds, piano"),
    ("trap beat with 808s", "trap, 808 bass"),
    ("smooth r&b slow jam", "cool, soul"),
    ("punk rock anthem", "punk, upbeat"),
    ("wedding march with church organ", "march, organ"),
    ("happy ukulele song for a birthday", "happy, ukulele"),
    ("banjo and fiddle hoedown", "banjo, strings, country"),
    ("musique de mariage romantique", "romantic"),
    ("música de entrenamiento con mucha energía", "energetic"),
    ("शादी का गाना", "romantic"),
    ("موسيقى عربية مع العود", "arabic, oud"),
    ("sleigh bells, klezmer clarinet", "sleigh bells, polka, clarinet"),
    ("k-pop dance hit", "pop, energetic"),
    ("1:30 of epic orchestral war drums", "90 seconds, epic, cinematic, drums"),
];

#[test]
fn odd_prompts_are_understood_and_no_more_than_they_say() {
    for (prompt, said) in UNDERSTOOD {
        assert_eq!(understood(&Brief::read(prompt, 0)), *said, "{prompt}");
    }
}

#[test]
fn every_documented_example_is_true() {
    let doc = include_str!("../../../../docs/lexicon.md");
    let mut seen = 0;
    for line in doc.lines().filter(|l| l.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let prompt = cells.next().unwrap_or_default().trim_matches('`');
        let said = cells.next().unwrap_or_default();
        assert_eq!(understood(&Brief::read(prompt, 0)), said, "{prompt}");
        seen += 1;
    }
    assert!(seen > 8, "the table was not found");
}

#[test]
fn keys_are_understood_in_many_spellings() {
    for (prompt, tonic, minor) in [
        ("in D minor", Some(2), true),
        ("a song in Am", Some(9), true),
        ("F# major", Some(6), false),
        ("E flat major", Some(3), false),
        ("fis-Moll", Some(6), true),
        ("h-Moll", Some(11), true),
        ("B-Dur", Some(10), false),
        ("es-moll", Some(3), true),
        ("en ré mineur", Some(2), true),
        ("si bémol majeur", Some(10), false),
        ("la menor", Some(9), true),
        ("dó maior", Some(0), false),
        ("sol maggiore", Some(7), false),
        ("ニ短調", Some(2), true),
        ("嬰ハ短調のワルツ", Some(1), true),
        ("変ホ長調", Some(3), false),
        ("D小调", Some(2), true),
        ("C大调的歌", Some(0), false),
        ("D माइनर", Some(2), true),
        ("in a minor key", None, true),
        ("in minor", None, true),
        ("in Moll", None, true),
    ] {
        let brief = Brief::read(prompt, 0);
        assert_eq!((brief.tonic, brief.minor), (tonic, Some(minor)), "{prompt}");
    }
    for (prompt, tonic) in [
        ("a raga in D", 2),
        ("in the key of A, slowly", 9),
        ("a song in F# for Ann", 6),
        ("in E flat", 3),
    ] {
        let brief = Brief::read(prompt, 0);
        assert_eq!((brief.tonic, brief.minor), (Some(tonic), None), "{prompt}");
    }
    for prompt in ["in a boat", "a film in b & w", "plan B", "in la la land"] {
        assert_eq!(Brief::read(prompt, 0).tonic, None, "{prompt}");
    }
    for prompt in ["a major city", "a minor incident", "do it", "la mer", "si"] {
        assert_eq!(Brief::read(prompt, 0).minor, None, "{prompt}");
    }
}

#[test]
fn lengths_and_tempos_are_understood_in_digits_and_words() {
    for (prompt, secs, bpm) in [
        ("eight seconds of rain", Some(8.0), None),
        ("zehn Sekunden", Some(10.0), None),
        ("two minutes", Some(120.0), None),
        ("a minute of silence", Some(60.0), None),
        ("１２秒", Some(12.0), None),
        ("١٠ ثواني", Some(10.0), None),
        ("२० सेकंड", Some(20.0), None),
        ("80s pop, 100bpm", None, Some(100.0)),
        ("80 s of pop", Some(80.0), None),
    ] {
        let brief = Brief::read(prompt, 0);
        assert_eq!((brief.duration_secs, brief.bpm), (secs, bpm), "{prompt}");
    }
}

/// Common words that say nothing about the picture or the music.
#[test]
fn common_words_mean_nothing() {
    let prompt = "it is what you can do with this and that we will have been about so much more than \
        they could ever make or take then there which who how when all each other some such only own \
        same too very just now also back because through while where again here why both few most me \
        him them she he its if else need want please show create video show many plan part tell story \
        caring staring stuff thing things kind tag rot see gut chat tour vent hai wal gift pre";
    assert_eq!(Brief::read(prompt, 0).said, []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text can be analysed; the summary for people is short and on one line.
    #[test]
    fn any_text_is_read(
        text in "\\PC{0,300}",
        wild in any::<String>(),
        words in "((no|two|not|80s|1:30|三只|没有|なし|बिना|بدون|in|D|minor|piano|red|cars|の猫|9999999|s|less)[ \n]?){0,60}",
    ) {
        for prompt in [&text, &wild, &words] {
            let brief = Brief::read(prompt, 1);
            let said = understood(&brief);
            prop_assert!(said.len() < 800 && !said.contains(char::is_control), "{said}");
            prop_assert!(brief.title.chars().count() <= 81);
            prop_assert!((0.5..=2.0).contains(&brief.pace) && brief.valence.abs() <= 1.0);
        }
    }
}

/// Every meaning that a note can name is translated into every language of the notes.
#[test]
fn every_name_is_translated_into_every_language() {
    use crate::brief::lexicon::LEXICON;
    let mut names: BTreeSet<String> = crate::genres().map(str::to_owned).collect();
    for (sense, words) in LEXICON {
        names.extend(words.split(' ').next().map(|word| word.replace('_', " ")));
        names.extend(
            match sense {
                Sense::Thing(thing) => Some(format!("{thing:?}")),
                Sense::Place(place) => Some(format!("{place:?}")),
                Sense::Time(time) => Some(format!("{time:?}")),
                Sense::Season(season) => Some(format!("{season:?}")),
                Sense::Weather(weather) => Some(format!("{weather:?}")),
                _ => None,
            }
            .map(|name| name.to_lowercase()),
        );
    }
    for tonic in crate::music::NAMES {
        names.extend([format!("{tonic} major"), format!("{tonic} minor")]);
    }
    let locales = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/locales");
    let files = std::fs::read_dir(locales).expect("the languages").map(|file| file.unwrap().path());
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 9);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let missing = names.iter().find(|name| !text.contains(&format!("  \"{name}\": \"")));
        assert_eq!(missing, None, "{}", file.display());
    }
}
