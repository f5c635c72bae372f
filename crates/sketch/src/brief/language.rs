//! Guesses the language of a prompt, and lists words whose meaning depends on the language.
//!
//! It must not know what a meaning is used for.

/// The languages of the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    De,
    Fr,
    Es,
    Pt,
    It,
    Ja,
    Zh,
    Hi,
    Ar,
}

use Language::{Ar, De, En, Es, Fr, Hi, It, Ja, Pt, Zh};

/// Function words (without accents) that indicate a language; a word may indicate several.
const SIGNS: &[(Language, &str)] = &[
    (
        En,
        "the of and with in on at by for from to my your his her their our is are this that over under through into near \
        an a no without music song some very slow fast",
    ),
    (
        De,
        "der die das den dem des ein eine einen einem einer und mit ohne im am auf uber unter durch bei von zu vom zum zur \
        ist sind ich mein meine kein keine keinen nicht fur wie lied musik in sehr langsam schnell",
    ),
    (
        Fr,
        "le la les un une des du au aux et avec sans dans sur sous par pour est sont mon ma mes pas de en une qui chanson \
        musique tres lente a l d",
    ),
    (
        Es,
        "el la los las un una unos y con sin en de del al sobre bajo por para es son mi mis que cancion musica muy lenta a",
    ),
    (
        Pt,
        "o os as um uma uns e com sem em no na nos nas do da dos das ao sobre sob por para meu minha que cancao musica \
        muito lenta de a",
    ),
    (
        It,
        "il lo la i gli le un uno una e con senza in nel nella sul sulla del della dei delle al alla per mio mia di che canzone \
        musica molto lenta a",
    ),
];

/// Letters that indicate a language.
const LETTERS: &[(Language, &str)] =
    &[(De, "äöüß"), (Fr, "èêëçœùûîï"), (Es, "ñ¿¡"), (Pt, "ãõç"), (It, "òìù")];

/// The language that most indications point to; `None` if there are none or two languages tie.
pub(crate) fn guess(text: &str) -> Option<Language> {
    let any = |from: char, to: char| text.chars().any(|c| (from..=to).contains(&c));
    if any('\u{3040}', '\u{30ff}') {
        return Some(Ja);
    }
    if any('\u{4e00}', '\u{9fff}') {
        return Some(Zh);
    }
    if any('\u{0900}', '\u{097f}') {
        return Some(Hi);
    }
    if any('\u{0600}', '\u{06ff}') {
        return Some(Ar);
    }
    let mut scores = [0u32; 6];
    for (at, (language, signs)) in SIGNS.iter().enumerate() {
        for word in super::split::split(text) {
            scores[at] += u32::from(signs.split_whitespace().any(|s| s == word.text));
        }
        let letters = LETTERS.iter().find(|l| l.0 == *language).map_or("", |l| l.1);
        scores[at] += 2 * u32::from(text.to_lowercase().chars().any(|c| letters.contains(c)));
    }
    let best = *scores.iter().max()?;
    let mut leaders = SIGNS.iter().zip(scores).filter(|(_, s)| *s == best && best > 0);
    let leader = leaders.next()?.0.0;
    leaders.next().is_none().then_some(leader)
}

/// Words (without accents) whose meaning depends on the language: the word, the languages, and the
/// English name of the meaning there (empty: no meaning). If the language is unknown, the first
/// line of a word applies; if the language is known and not listed, the word has no meaning.
const DECIDED: &[(&str, &[Language], &str)] = &[
    ("tag", &[De], "day"),
    ("kind", &[De], "child"),
    ("kinder", &[De], "child"),
    ("junge", &[De], "child"),
    ("rot", &[De], "red"),
    ("see", &[De], "lake"),
    ("see", &[En], ""),
    ("boot", &[De], "boat"),
    ("stern", &[De], "stars"),
    ("hell", &[De], "happy"),
    ("hell", &[En], "dark"),
    ("fast", &[En], "fast"),
    ("war", &[En], "epic"),
    ("wal", &[De], "whale"),
    ("hai", &[De], "fish"),
    ("dom", &[De], "church"),
    ("bar", &[En, Fr, Es, It, Pt], "room"),
    ("bar", &[De], "bear"),
    ("gut", &[De], ""),
    ("chat", &[Fr], "cat"),
    ("tour", &[Fr], "tower"),
    ("ours", &[Fr], "bear"),
    ("vent", &[Fr], "wind"),
    ("pre", &[Fr], "meadow"),
    ("champ", &[Fr], "meadow"),
    ("rue", &[Fr], "city"),
    ("ferme", &[Fr], "village"),
    ("plage", &[Fr], "beach"),
    ("mer", &[Fr], "sea"),
    ("lent", &[Fr], "slow"),
    ("seul", &[Fr], "sad"),
    ("livre", &[Fr, Pt], "book"),
    ("pont", &[Fr], "bridge"),
    ("gens", &[Fr], "person"),
    ("sol", &[Es, Pt], "sun"),
    ("sole", &[It], "sun"),
    ("cane", &[It], "dog"),
    ("camera", &[It], "room"),
    ("estate", &[It], "summer"),
    ("luna", &[It, Es], "moon"),
    ("pan", &[En], "pan right"),
    ("pans", &[En], "pan right"),
    ("ape", &[It], "bee"),
    ("ape", &[En], "monkey"),
    ("seta", &[Es], "mushroom"),
    ("lit", &[Fr], "room"),
    ("fall", &[En], "autumn"),
    ("fin", &[Es], ""),
    ("solo", &[En, De, Fr], "lead"),
    ("solo", &[Es, It], "sad"),
    ("still", &[En, De], "calm"),
    ("tarde", &[Es, Pt], "day"),
    ("cometa", &[It, Pt], "meteor"),
    ("cometa", &[Es], "meteor"),
    ("vela", &[Es, Pt], "candle"),
    ("vela", &[It], "boat"),
    ("velas", &[Es, Pt], "candle"),
    ("nave", &[It], "ship"),
    ("nave", &[Es, Pt], "rocket"),
    ("burro", &[Es, Pt], "horse"),
    ("mare", &[It], "sea"),
    ("mare", &[En], "horse"),
    ("sale", &[It], ""),
    ("alle", &[De], ""),
    ("pipa", &[Pt], "kite"),
    ("papagaio", &[Pt], "bird"),
    ("globe", &[En, Fr], "ball"),
    ("salon", &[Fr, De, Es], "room"),
    ("pesca", &[Es, Pt], "fish"),
    ("valle", &[Es, It], "mountains"),
    ("onde", &[It], "sea"),
    ("onde", &[Pt], ""),
    ("sera", &[It], "sunset"),
    ("sera", &[Es, Fr], ""),
    ("alba", &[It], "dawn"),
    ("nana", &[Es], "lullaby"),
    ("prado", &[Es, Pt], "meadow"),
    ("strand", &[De], "beach"),
    ("glace", &[Fr], "winter"),
    ("gift", &[De], ""),
    ("mist", &[En], "fog"),
    ("rauch", &[De], "fog"),
    ("fee", &[De], "mysterious"),
    ("pain", &[En], "sad"),
    ("bora", &[It], "wind"),
    ("lune", &[Fr], "moon"),
    ("vague", &[Fr], "sea"),
    ("vagues", &[Fr], "sea"),
    ("lustig", &[De], "happy"),
    ("content", &[Fr], "happy"),
    ("coin", &[Fr], ""),
    ("arc", &[Fr], ""),
    ("lima", &[Es, Pt], ""),
    ("home", &[En], "house"),
    ("notte", &[It], "night"),
    ("basso", &[It], "bass"),
    ("largo", &[It, En], "slow"),
    ("largo", &[Es, Pt], ""),
    ("dolce", &[It, En], "calm"),
    ("allegro", &[It], "happy"),
    ("allegro", &[En, De, Fr, Es, Pt], "fast"),
    ("violet", &[En, Fr], "purple"),
    ("viola", &[En, De], "strings"),
    ("viola", &[It, Pt, Es], "purple"),
    ("rosa", &[De, Pt], "pink"),
    ("rosa", &[Es, It], "flower"),
    ("laterne", &[De], "lantern"),
    ("drachen", &[De], "dragon"),
    ("lion", &[En, Fr], "lion"),
    ("morgen", &[De], "dawn"),
    ("pino", &[It, Es], "pine"),
    ("ete", &[Fr], "summer"),
    ("the", &[En], ""),
    ("the", &[Fr], "cup"),
    ("te", &[It, Es], ""),
    ("cha", &[Pt], "cup"),
    ("ave", &[Es, Pt], "bird"),
    ("ice", &[En], "winter"),
    ("date", &[En], "romantic"),
    ("or", &[Fr], "yellow"),
    ("or", &[En], ""),
    ("oro", &[It, Es], "yellow"),
    ("argent", &[Fr], "grey"),
    ("plata", &[Es], "grey"),
    ("doux", &[Fr], "calm"),
    ("jour", &[Fr], "day"),
    ("foret", &[Fr], "forest"),
    ("fuerte", &[Es], "energetic"),
    ("wild", &[En, De], "energetic"),
];

/// For a word whose meaning depends on the language: the English names of its meanings in this
/// language (empty: no meaning). `None` for every other word.
pub(crate) fn decided(word: &str, language: Option<Language>) -> Option<Vec<&'static str>> {
    let lines: Vec<_> = DECIDED.iter().filter(|d| d.0 == word).collect();
    let first = lines.first()?;
    let names = match language {
        None => vec![first.2],
        Some(of) => lines.iter().filter(|l| l.1.contains(&of)).map(|l| l.2).collect(),
    };
    Some(names.into_iter().filter(|n| !n.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::words;

    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            ("a boat on the lake", Some(En)),
            ("ein Boot auf dem See", Some(De)),
            ("un chat sur la plage", Some(Fr)),
            ("el mar sin viento", Some(Es)),
            ("o barco no mar", Some(Pt)),
            ("il sole sul mare", Some(It)),
            ("夕焼けの海", Some(Ja)),
            ("夜晚的城市", Some(Zh)),
            ("रात", Some(Hi)),
            ("ليل", Some(Ar)),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(guess(text), language, "{text}");
        }
    }

    #[test]
    fn every_decision_names_a_row_that_lists_the_word() {
        let missing = DECIDED.iter().filter(|(word, _, name)| {
            !name.is_empty() && !words::rows_of(word).iter().any(|row| row == name)
        });
        assert_eq!(missing.map(|d| (d.0, d.2)).collect::<Vec<_>>(), []);
    }

    /// Words that have both meanings, in every language.
    const BOTH: &str = " fireplace kamin cheminee chimenea caminetto lareira breakfast fuji 富士 cherry_blossom concerto cowboy cyberpunk dance dancing danse jogging launch neon \
        ombrello paraguas parapluie umbrella racing regenschirm running sakura sleep नाच 傘 桜 樱花 雨伞 \
        chitarra fisherman flugel gitarre guitar guitare guitarra harbor harbour house klavier \
        piano \
        baby children_s_song fairy gregorian_chant highlands kids_song bride jazz_club jazz_band \
        rock_band opera tanzen viking ballad ballade ballata balada power_ballad slow_jam shehnai \
        tabla शहनाई तबला \
        pianoforte valentine بيانو جيتار गिटार पियानो ギター ピアノ 吉他 港 钢琴 \
        geige geigen violin violine violines violino violins violon fiddle fiddles tromba trompeta \
        trompete trompeten \
        trompette trumpet trumpets violinist fiddler geiger violoniste violinista trumpeter \
        trompeter trompettiste \
        trompetista trombettista guitarist gitarrist gitarristin guitariste guitarrista \
        chitarrista pianist pianiste \
        pianista lovers marin marinaio marinero marinheiro matrose sailor jungle rainforest \
        dschungel selva giungla skiing skifahren sous_marin submarino \
        sottomarino ";

    #[test]
    fn every_word_in_two_rows_is_decided() {
        let open = words::shared()
            .into_iter()
            .filter(|word| decided(word, None).is_none() && !BOTH.contains(&format!(" {word} ")));
        assert_eq!(open.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
