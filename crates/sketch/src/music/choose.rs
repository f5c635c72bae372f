//! Chooses the genre: the one named, or one that suits the instruments or the mood.

use crate::brief::{Brief, Genre, Part};
use crate::music::genre::{GENRES, Spec};
use crate::rng::Rng;

/// The genre named, or one that suits the mood.
pub(super) fn choose(brief: &Brief, rng: &mut Rng) -> &'static Spec {
    let by_mood = || -> Genre {
        let energy = brief.energy.unwrap_or(0.55);
        let set: &[Genre] = if brief.tension > 0.55 {
            if energy > 0.85 { &[Genre::Metal, Genre::Techno] } else { &[Genre::Cinematic] }
        } else if brief.tension > 0.4 && energy > 0.6 {
            &[Genre::Cinematic, Genre::Rock]
        } else if energy < 0.25 {
            &[Genre::Ambient, Genre::Lullaby, Genre::LoFi]
        } else if energy < 0.45 {
            if brief.valence < 0.0 {
                &[Genre::Classical, Genre::Cinematic, Genre::LoFi]
            } else {
                &[Genre::Folk, Genre::BossaNova, Genre::LoFi, Genre::Classical]
            }
        } else if energy > 0.8 {
            &[Genre::House, Genre::Pop, Genre::Disco, Genre::Rock, Genre::Salsa]
        } else {
            &[Genre::Pop, Genre::Funk, Genre::Folk, Genre::Synthwave]
        };
        // Uses all 64 bits, on 32-bit processors too.
        set[((brief.seed >> 3) % set.len() as u64) as usize]
    };
    // A specific genre beats a general one: "celtic folk" is Celtic, "film pop" is film music.
    let general = |g: Genre| match g {
        Genre::Pop | Genre::House => 2,
        Genre::Folk | Genre::Rock | Genre::HipHop | Genre::Classical | Genre::EastAsian => 1,
        _ => 0,
    };
    let named = brief.genres.iter().copied().min_by_key(|g| general(*g));
    let named = named.or(brief.era).or_else(|| by_band(brief)).unwrap_or_else(by_mood);
    let spec = GENRES.iter().find(|s| s.genre == named);
    spec.unwrap_or_else(|| &GENRES[rng.below(GENRES.len())])
}

/// The typical genre of an instrument, for prompts that name no genre.
fn by_band(brief: &Brief) -> Option<Genre> {
    let lively = brief.energy.is_some_and(|e| e > 0.6);
    brief.parts.iter().filter(|p| brief.wants(**p)).find_map(|part| {
        Some(match part {
            Part::Sitar => Genre::Indian,
            Part::HandDrums => Genre::Afrobeat,
            Part::Oud => Genre::Arabic,
            Part::Koto => Genre::EastAsian,
            Part::Harpsichord => Genre::Baroque,
            Part::Banjo => Genre::Country,
            Part::Ukulele => Genre::Folk,
            Part::SubBass => Genre::Trap,
            Part::SteelDrum => Genre::Reggae,
            Part::Distortion => Genre::Rock,
            Part::Harmonica => Genre::Blues,
            Part::Theremin | Part::Timpani => Genre::Cinematic,
            Part::Sax if !lively => Genre::Jazz,
            Part::Clarinet if lively => Genre::Swing,
            Part::Accordion if lively => Genre::Polka,
            Part::Accordion => Genre::Waltz,
            Part::Piano | Part::Strings | Part::Oboe | Part::Clarinet if !lively => {
                Genre::Classical
            }
            Part::Harp | Part::Flute | Part::Guitar if !lively => Genre::Folk,
            _ => return None,
        })
    })
}
