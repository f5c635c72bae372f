//! Genres: the properties of each, as a table.
//!
//! A pattern is a bar of sixteen steps (twelve in three-four time). Drums: `X` loud, `x` normal,
//! `o` soft. Bass: `r` root, `5` fifth, `3` third, `8` octave, `w` a step of a walking bass; `-`
//! continues the note. Chords: `x` struck, `-` held; `u` and `d` one note at a time, up or down.

use crate::brief::Genre;
use crate::music::harmony::Scale;
use crate::synth::Drum::{self, *};
use crate::synth::Tone::{self, *};

/// One genre.
pub(crate) struct Spec {
    pub(crate) genre: Genre,
    pub(crate) name: &'static str,
    pub(crate) bpm: (f32, f32),
    /// The delay of every second eighth (swing): 0 is even, 0.33 a shuffle.
    pub(crate) swing: f32,
    pub(crate) beats: usize,
    /// Chord progressions in major and in minor, as scale degrees from 0, one chord per bar.
    pub(crate) major: &'static [&'static [i32]],
    pub(crate) minor: &'static [&'static [i32]],
    /// Notes per chord: 3, or 4 with the seventh.
    pub(crate) voices: usize,
    pub(crate) drums: &'static [(Drum, &'static str)],
    pub(crate) bass: (Tone, &'static str),
    pub(crate) chords: (Tone, &'static str),
    pub(crate) second: Option<(Tone, &'static str)>,
    pub(crate) pad: Option<Tone>,
    pub(crate) lead: Tone,
    /// The proportion of a melody's steps that are notes, from 0 to 1.
    pub(crate) busy: f32,
    pub(crate) reverb: f32,
    pub(crate) echo: f32,
    /// How much the kick ducks the other tracks.
    pub(crate) pump: f32,
}

const POP: &[&[i32]] = &[&[0, 4, 5, 3], &[5, 3, 0, 4], &[0, 3, 5, 4], &[0, 5, 3, 4]];
const POP_MINOR: &[&[i32]] = &[&[0, 5, 2, 6], &[0, 3, 5, 6], &[0, 6, 5, 6], &[5, 6, 0, 2]];
const JAZZ: &[&[i32]] = &[&[1, 4, 0, 5], &[0, 5, 1, 4], &[2, 5, 1, 4]];
const JAZZ_MINOR: &[&[i32]] = &[&[1, 4, 0, 5], &[0, 3, 1, 4], &[5, 1, 4, 0]];
const BLUES: &[&[i32]] = &[&[0, 0, 0, 0, 3, 3, 0, 0, 4, 3, 0, 4]];
const EPIC: &[&[i32]] = &[&[5, 3, 0, 4], &[0, 4, 5, 3], &[3, 0, 4, 5]];
const DARK: &[&[i32]] = &[&[0, 5, 3, 4], &[0, 6, 5, 4], &[0, 0, 5, 6]];
const STILL: &[&[i32]] = &[&[0, 3, 0, 3], &[0, 5, 3, 0], &[0, 2, 3, 0]];
const FOLK: &[&[i32]] = &[&[0, 3, 0, 4], &[0, 4, 3, 0], &[0, 5, 3, 4]];
const CLASSIC: &[&[i32]] = &[&[0, 3, 4, 0], &[0, 5, 1, 4], &[0, 4, 5, 2, 3, 0, 3, 4]];
const TWO: &[&[i32]] = &[&[0, 3], &[0, 6, 0, 5], &[0, 0, 3, 3]];

/// The scale of a genre.
pub(crate) fn scale(genre: Genre) -> Scale {
    match genre {
        Genre::Arabic => Scale::East,
        Genre::Celtic => Scale::Modal,
        Genre::Indian => Scale::Raga,
        Genre::EastAsian => Scale::Five,
        Genre::Blues => Scale::Blue,
        _ => Scale::Plain,
    }
}

/// Genres that are more often in minor than in major.
pub(crate) fn is_dark(genre: Genre) -> bool {
    use Genre::{Arabic, Cinematic, Dubstep, Flamenco, Reggaeton, Tango, Trance, Trap};
    use Genre::{DrumAndBass, HipHop, Metal, Synthwave, Techno};
    matches!(
        genre,
        Arabic
            | Cinematic
            | Dubstep
            | Flamenco
            | Reggaeton
            | Tango
            | Trance
            | Trap
            | DrumAndBass
            | HipHop
            | Metal
            | Synthwave
            | Techno
    )
}

/// Genres that are played by machines and aren't humanised.
pub(crate) fn is_machine(genre: Genre) -> bool {
    use Genre::{Chiptune, DrumAndBass, House, Synthwave, Techno};
    use Genre::{Dubstep, Reggaeton, Trance, Trap};
    matches!(
        genre,
        House | Techno | DrumAndBass | Synthwave | Chiptune | Dubstep | Reggaeton | Trance | Trap
    )
}

/// The table.
#[rustfmt::skip]
pub(crate) const GENRES: &[Spec] = &[
    Spec { genre: Genre::Pop, name: "pop", bpm: (104.0, 124.0), swing: 0.0, beats: 4, major: POP, minor: POP_MINOR, voices: 3,
        drums: &[(Kick, "X.....x.X......."), (Clap, "....X.......X..."), (Hat, "x.o.x.o.x.o.x.oo"), (Shaker, "o.o.o.o.o.o.o.o.")],
        bass: (FingerBass, "r--r..r-r--r..5-"), chords: (Piano, "x--x--x-x--x--x-"), second: Some((Pluck, "u.u.u.u.u.u.u.u.")), pad: Some(Pad), lead: SawLead, busy: 0.6, reverb: 0.22, echo: 0.2, pump: 0.15 },
    Spec { genre: Genre::Rock, name: "rock", bpm: (112.0, 140.0), swing: 0.0, beats: 4, major: &[&[0, 3, 4, 3], &[0, 5, 3, 4], &[0, 4, 5, 3]], minor: &[&[0, 6, 5, 6], &[0, 2, 6, 3]], voices: 3,
        drums: &[(Kick, "X.....x.X.x....."), (Snare, "....X.......X..."), (Hat, "x.x.x.x.x.x.x.x.")],
        bass: (FingerBass, "r.r.r.r.r.r.r.5."), chords: (Dist, "x-x-x-x-x-x-x-x-"), second: None, pad: None, lead: DistLead, busy: 0.5, reverb: 0.16, echo: 0.12, pump: 0.0 },
    Spec { genre: Genre::Metal, name: "metal", bpm: (144.0, 176.0), swing: 0.0, beats: 4, major: &[&[0, 5, 3, 4]], minor: &[&[0, 0, 5, 6], &[0, 1, 0, 4], &[0, 6, 5, 4]], voices: 3,
        drums: &[(Kick, "XxX.XxX.XxX.XxXx"), (Snare, "....X.......X..."), (Ride, "x...x...x...x...")],
        bass: (SynthBass, "rrr.rrr.rrr.r.r."), chords: (Dist, "xxx.xxx.xxx.x-x-"), second: None, pad: None, lead: DistLead, busy: 0.75, reverb: 0.14, echo: 0.1, pump: 0.0 },
    Spec { genre: Genre::Jazz, name: "jazz", bpm: (112.0, 150.0), swing: 0.33, beats: 4, major: JAZZ, minor: JAZZ_MINOR, voices: 4,
        drums: &[(Ride, "x...x.x.x...x.x."), (HatFoot, "....x.......x..."), (Brush, "o...o...o..oo..."), (Kick, "o.........o.....")],
        bass: (Upright, "w---w---w---w---"), chords: (Piano, "..x-....x-....x-"), second: None, pad: None, lead: Sax, busy: 0.6, reverb: 0.2, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Blues, name: "blues", bpm: (84.0, 104.0), swing: 0.33, beats: 4, major: BLUES, minor: BLUES, voices: 4,
        drums: &[(Kick, "X.....x.X......."), (Snare, "....x.......x..."), (Ride, "x.x.x.x.x.x.x.x.")],
        bass: (FingerBass, "r-3-5-3-r-3-5-8-"), chords: (Organ, "....x.......x-x."), second: Some((Steel, "x.....x.x.......")), pad: None, lead: Steel, busy: 0.5, reverb: 0.18, echo: 0.08, pump: 0.0 },
    Spec { genre: Genre::Funk, name: "funk", bpm: (98.0, 114.0), swing: 0.08, beats: 4, major: TWO, minor: TWO, voices: 4,
        drums: &[(Kick, "X..x..x...x..x.."), (Snare, "....X..o.o..X..o"), (Hat, "xoxoxoxoxoxoxoxo")],
        bass: (FingerBass, "r..r8..r..5.8.r."), chords: (Steel, "..x..x.x..x.x..x"), second: Some((Brass, "............x.x.")), pad: None, lead: Brass, busy: 0.5, reverb: 0.12, echo: 0.05, pump: 0.0 },
    Spec { genre: Genre::Disco, name: "disco", bpm: (114.0, 124.0), swing: 0.0, beats: 4, major: &[&[1, 4, 0, 5], &[5, 1, 4, 0]], minor: POP_MINOR, voices: 4,
        drums: &[(Kick, "X...X...X...X..."), (Clap, "....X.......X..."), (Open, "..X...X...X...X."), (Tambourine, "xooxxooxxooxxoox"), (Conga, "..x..xx...x..xxx")],
        bass: (FingerBass, "r.8.r.8.r.8.r.8."), chords: (Steel, "..x.x.xx..x.x.xx"), second: Some((Strings, "x---....x-----x-")), pad: Some(Strings), lead: Strings, busy: 0.45, reverb: 0.24, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::House, name: "house", bpm: (122.0, 128.0), swing: 0.05, beats: 4, major: POP, minor: POP_MINOR, voices: 4,
        drums: &[(Kick, "X...X...X...X..."), (Clap, "....X.......X..."), (Open, "..x...x...x...x."), (Shaker, "oooooooooooooooo")],
        bass: (SynthBass, "..r...r...r..r5."), chords: (Stab, "x..x..x..x..x.x."), second: Some((Pluck, "u.uu.uu.u.uu.uu.")), pad: Some(Pad), lead: SawLead, busy: 0.4, reverb: 0.26, echo: 0.3, pump: 0.6 },
    Spec { genre: Genre::Techno, name: "techno", bpm: (128.0, 138.0), swing: 0.0, beats: 4, major: &[&[0, 0, 0, 0]], minor: &[&[0, 0, 0, 0], &[0, 0, 5, 5]], voices: 3,
        drums: &[(Kick, "X...X...X...X..."), (Open, "..x...x...x...x."), (Rim, "...x..x....x..x."), (Hat, "oooooooooooooooo"), (Clap, "............x...")],
        bass: (Acid, "rr8r.r8rr.r8r5r."), chords: (Stab, "......x.........") , second: None, pad: Some(Pad), lead: SquareLead, busy: 0.2, reverb: 0.24, echo: 0.4, pump: 0.65 },
    Spec { genre: Genre::DrumAndBass, name: "drum and bass", bpm: (168.0, 176.0), swing: 0.0, beats: 4, major: POP, minor: POP_MINOR, voices: 4,
        drums: &[(Kick, "X.........X....."), (Snare, "....X..o.o..X..o"), (Hat, "x.x.x.x.x.xxx.x."), (Ride, "o.o.o.o.o.o.o.o.")],
        bass: (SubBass, "r-----r---5-----"), chords: (Rhodes, "x------.....x---"), second: None, pad: Some(Pad), lead: Pluck, busy: 0.5, reverb: 0.28, echo: 0.3, pump: 0.25 },
    Spec { genre: Genre::HipHop, name: "hip hop", bpm: (84.0, 96.0), swing: 0.14, beats: 4, major: TWO, minor: &[&[0, 5, 3, 4], &[0, 0, 5, 4]], voices: 4,
        drums: &[(Kick, "X..x......Xx...."), (Snare, "....X.......X..."), (Hat, "x.x.x.xxx.x.xxx.")],
        bass: (SubBass, "r--.....r-.r--5-"), chords: (Rhodes, "x-------..x-----"), second: Some((Bell, "u...d...u.......")), pad: None, lead: Flute, busy: 0.35, reverb: 0.16, echo: 0.15, pump: 0.2 },
    Spec { genre: Genre::LoFi, name: "lo-fi", bpm: (70.0, 84.0), swing: 0.2, beats: 4, major: JAZZ, minor: JAZZ_MINOR, voices: 4,
        drums: &[(Kick, "X......x..x....."), (Rim, "....x.......x..."), (Hat, "o.o.o.oo.oo.o.o."), (Vinyl, "o...............")],
        bass: (Upright, "r-----5-r---3-5-"), chords: (Rhodes, "x-----x---------"), second: None, pad: None, lead: Rhodes, busy: 0.35, reverb: 0.2, echo: 0.15, pump: 0.25 },
    Spec { genre: Genre::Reggae, name: "reggae", bpm: (74.0, 88.0), swing: 0.1, beats: 4, major: FOLK, minor: &[&[0, 3, 0, 6], &[0, 6, 5, 6]], voices: 3,
        drums: &[(Kick, "........X......."), (Rim, "........X......."), (Hat, "x.o.x.oox.o.x.oo")],
        bass: (SubBass, "r--.3-5-..r-5-3-"), chords: (Organ, "..x...x...x...x."), second: Some((Steel, "....x.......x...")), pad: None, lead: Brass, busy: 0.35, reverb: 0.24, echo: 0.35, pump: 0.0 },
    Spec { genre: Genre::Salsa, name: "salsa", bpm: (92.0, 108.0), swing: 0.0, beats: 4, major: &[&[0, 3, 4, 3], &[0, 4, 4, 0]], minor: &[&[0, 3, 4, 0], &[0, 6, 5, 4]], voices: 3,
        drums: &[(Conga, "x.o.x.oXx.o.x.XX"), (Clave, "x..x..x...x.x..."), (Cowbell, "x...x.x.x...x.x."), (Kick, "x.....x...x....."), (Shaker, "oxoxoxoxoxoxoxox")],
        bass: (Upright, "...5--8-...5--r-"), chords: (Piano, "x.xx.xx.x.xx.xx."), second: Some((Brass, "........x..x..x.")), pad: None, lead: Brass, busy: 0.55, reverb: 0.18, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::BossaNova, name: "bossa nova", bpm: (118.0, 136.0), swing: 0.0, beats: 4, major: JAZZ, minor: JAZZ_MINOR, voices: 4,
        drums: &[(Kick, "x..ox..ox..ox..o"), (Rim, "x..x..x...x..x.."), (Shaker, "oooooooooooooooo")],
        bass: (Upright, "r--5----5--r----"), chords: (Nylon, "x..x..x.x..x..x."), second: None, pad: Some(Strings), lead: Flute, busy: 0.45, reverb: 0.2, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Folk, name: "folk", bpm: (92.0, 116.0), swing: 0.05, beats: 4, major: FOLK, minor: &[&[0, 6, 5, 6], &[0, 2, 6, 0]], voices: 3,
        drums: &[(Kick, "o.......o......."), (Shaker, "o.o.o.o.o.o.o.o."), (Clap, "....o.......o...")],
        bass: (Upright, "r-------5-------"), chords: (Steel, "u.d.u.d.u.d.u.d."), second: Some((Nylon, "x-------x---x---")), pad: None, lead: Flute, busy: 0.5, reverb: 0.2, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Country, name: "country", bpm: (104.0, 128.0), swing: 0.12, beats: 4, major: FOLK, minor: FOLK, voices: 3,
        drums: &[(Kick, "X.......X......."), (Snare, "....x.......x..."), (Brush, "o.oxo.oxo.oxo.ox")],
        bass: (Upright, "r---....5---...."), chords: (Steel, "....x-......x-.."), second: Some((Nylon, "u.d.u.ddu.d.u.d.")), pad: None, lead: Steel, busy: 0.65, reverb: 0.16, echo: 0.08, pump: 0.0 },
    Spec { genre: Genre::Classical, name: "classical", bpm: (84.0, 116.0), swing: 0.0, beats: 4, major: CLASSIC, minor: &[&[0, 3, 4, 0], &[0, 5, 3, 4]], voices: 3,
        drums: &[],
        bass: (Cello, "r-------5-------"), chords: (Piano, "u.u.d.u.u.u.d.u."), second: Some((Strings, "x-------x-------")), pad: Some(Strings), lead: Violin, busy: 0.6, reverb: 0.34, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Cinematic, name: "cinematic", bpm: (78.0, 104.0), swing: 0.0, beats: 4, major: EPIC, minor: DARK, voices: 3,
        drums: &[(Tom, "X..x..X.X..x..xx"), (Boom, "X..............."), (Cymbal, "o...............")],
        bass: (Cello, "r-rrr-rrr-rrr-r5"), chords: (Strings, "xxx.xxx.xxx.xxx."), second: Some((Brass, "x-------x-------")), pad: Some(Choir), lead: Brass, busy: 0.35, reverb: 0.42, echo: 0.05, pump: 0.0 },
    Spec { genre: Genre::Ambient, name: "ambient", bpm: (60.0, 72.0), swing: 0.0, beats: 4, major: STILL, minor: &[&[0, 5, 3, 0], &[0, 3, 5, 3]], voices: 4,
        drums: &[],
        bass: (SubBass, "r---------------"), chords: (Pad, "x---------------"), second: Some((Bell, "u.....d...u...d.")), pad: Some(Choir), lead: Bell, busy: 0.18, reverb: 0.6, echo: 0.4, pump: 0.0 },
    Spec { genre: Genre::Synthwave, name: "synthwave", bpm: (88.0, 108.0), swing: 0.0, beats: 4, major: POP, minor: POP_MINOR, voices: 3,
        drums: &[(Kick, "X...X...X...X..."), (Gated, "....X.......X..."), (Hat, "o.o.o.o.o.o.o.o."), (Tom, "..............x.")],
        bass: (SynthBass, "r.rrr.rrr.rrr.8r"), chords: (Pad, "x---------------"), second: Some((Pluck, "uuuuuuuuuuuuuuuu")), pad: Some(Strings), lead: SawLead, busy: 0.4, reverb: 0.3, echo: 0.3, pump: 0.35 },
    Spec { genre: Genre::Chiptune, name: "chiptune", bpm: (132.0, 156.0), swing: 0.0, beats: 4, major: POP, minor: POP_MINOR, voices: 3,
        drums: &[(ChipKick, "X...X...X...X..."), (ChipSnare, "....X.......X..."), (ChipHat, "x.x.x.xxx.x.x.xx")],
        bass: (Triangle, "r.8.r.8.r.8.r.8."), chords: (Chip, "uuuuuuuuuuuuuuuu"), second: None, pad: None, lead: SquareLead, busy: 0.75, reverb: 0.04, echo: 0.15, pump: 0.0 },
    Spec { genre: Genre::Waltz, name: "waltz", bpm: (138.0, 168.0), swing: 0.0, beats: 3, major: CLASSIC, minor: &[&[0, 3, 4, 0], &[0, 5, 3, 4]], voices: 3,
        drums: &[(Brush, "o...x...x...")],
        bass: (Upright, "r---........"), chords: (Accordion, "....x...x..."), second: Some((Piano, "u.u.u.u.u.u.")), pad: Some(Strings), lead: Violin, busy: 0.5, reverb: 0.32, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Lullaby, name: "lullaby", bpm: (72.0, 88.0), swing: 0.0, beats: 3, major: FOLK, minor: &[&[0, 3, 4, 0]], voices: 3,
        drums: &[],
        bass: (Harp, "r-----------"), chords: (Harp, "u..u..u..u.."), second: None, pad: None, lead: MusicBox, busy: 0.45, reverb: 0.3, echo: 0.1, pump: 0.0 },
    Spec { genre: Genre::Tango, name: "tango", bpm: (116.0, 128.0), swing: 0.0, beats: 4, major: CLASSIC, minor: &[&[0, 3, 4, 0], &[0, 6, 5, 4], &[3, 0, 4, 0]], voices: 3,
        drums: &[],
        bass: (Upright, "r---5---r---5-5-"), chords: (Accordion, "x...x...x...x.x."), second: Some((Piano, "x..x..x.x...x...")), pad: None, lead: Violin, busy: 0.65, reverb: 0.24, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Flamenco, name: "flamenco", bpm: (112.0, 132.0), swing: 0.0, beats: 4, major: &[&[0, 3, 4, 0]], minor: &[&[0, 6, 5, 4], &[3, 6, 5, 4]], voices: 3,
        drums: &[(Dum, "X.....x.X...x..."), (Palmas, "..x.x..x..x.x.x."), (Clave, "....oo......ooo.")],
        bass: (Upright, "r-----......5---"), chords: (Nylon, "x..xx.x.x..xx.xx"), second: Some((Nylon, "uuuuuuuuuuuuuuuu")), pad: None, lead: Nylon, busy: 0.85, reverb: 0.22, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Gospel, name: "gospel", bpm: (76.0, 98.0), swing: 0.2, beats: 4, major: &[&[0, 3, 0, 4], &[0, 5, 1, 4], &[3, 4, 5, 4]], minor: &[&[0, 3, 0, 4], &[0, 5, 3, 4]], voices: 4,
        drums: &[(Kick, "X.....x.X......."), (Clap, "....X.......X..."), (Tambourine, "x.o.x.o.x.o.x.oo")],
        bass: (FingerBass, "r--r..5-r--3..5-"), chords: (Organ, "x-------x-----x-"), second: Some((Piano, "x..x..x.x..x..x.")), pad: Some(Choir), lead: Choir, busy: 0.4, reverb: 0.34, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Soul, name: "soul", bpm: (70.0, 94.0), swing: 0.12, beats: 4, major: JAZZ, minor: JAZZ_MINOR, voices: 4,
        drums: &[(Kick, "X..x....X.x....."), (Snare, "....x..o....x..."), (Hat, "x.xox.x.x.xox.xx"), (Tambourine, "....o.......o...")],
        bass: (FingerBass, "r--..r.5r-..r3-5"), chords: (Rhodes, "x-----x-..x-----"), second: Some((Steel, "u.....d...u..u..")), pad: Some(Strings), lead: Sax, busy: 0.4, reverb: 0.22, echo: 0.1, pump: 0.0 },
    Spec { genre: Genre::Trap, name: "trap", bpm: (132.0, 146.0), swing: 0.0, beats: 4, major: &[&[0, 0, 5, 3]], minor: &[&[0, 0, 5, 5], &[0, 5, 3, 4], &[0, 0, 5, 4]], voices: 3,
        drums: &[(Kick, "X.....x...x....."), (Clap, "........X......."), (Hat, "x.x.xxx.x.xxx.oo"), (Open, "..............x.")],
        bass: (Sub808, "r-----..r-..--5-"), chords: (Pad, "x---------------"), second: Some((Bell, "u..u..u.d.u.u...")), pad: None, lead: Pluck, busy: 0.35, reverb: 0.22, echo: 0.25, pump: 0.3 },
    // In six-eight time, two beats of three eighths fill a bar of twelve steps.
    Spec { genre: Genre::Celtic, name: "celtic", bpm: (164.0, 188.0), swing: 0.0, beats: 3, major: &[&[0, 6, 0, 3], &[0, 0, 6, 0], &[0, 3, 6, 0]], minor: &[&[0, 6, 0, 3], &[0, 0, 6, 0]], voices: 3,
        drums: &[(Dum, "X.o.x.X.o.x."), (Tambourine, "..o.o...o.o.")],
        bass: (Cello, "r-----5-----"), chords: (Steel, "x...x.x...x."), second: Some((Harp, "u.u.u.u.u.u.")), pad: None, lead: Whistle, busy: 0.69, reverb: 0.26, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Trance, name: "trance", bpm: (134.0, 142.0), swing: 0.0, beats: 4, major: POP, minor: &[&[0, 5, 2, 6], &[5, 6, 0, 0], &[0, 3, 5, 6]], voices: 3,
        drums: &[(Kick, "X...X...X...X..."), (Open, "..X...X...X...X."), (Clap, "....x.......x..."), (Hat, "oooooooooooooooo")],
        bass: (SynthBass, "..rr..rr..rr..rr"), chords: (Stab, "x..x..x..x..x.x."), second: Some((Pluck, "uuuuuuuuuuuuuuuu")), pad: Some(Pad), lead: SawLead, busy: 0.5, reverb: 0.4, echo: 0.4, pump: 0.7 },
    Spec { genre: Genre::Dubstep, name: "dubstep", bpm: (138.0, 144.0), swing: 0.0, beats: 4, major: POP_MINOR, minor: &[&[0, 0, 5, 4], &[0, 5, 0, 6]], voices: 3,
        drums: &[(Kick, "X.....x....x...."), (Snare, "........X......."), (Hat, "x..x..x.x..x..xx")],
        bass: (Wobble, "r-------r---r-5-"), chords: (Stab, "x.....x....x...."), second: None, pad: Some(Pad), lead: SquareLead, busy: 0.3, reverb: 0.26, echo: 0.25, pump: 0.4 },
    Spec { genre: Genre::Samba, name: "samba", bpm: (98.0, 112.0), swing: 0.0, beats: 4, major: &[&[0, 5, 1, 4], &[1, 4, 0, 0]], minor: &[&[0, 3, 4, 0], &[1, 4, 0, 0]], voices: 4,
        drums: &[(Surdo, "o.......X....o.."), (Rim, "x.xx.x.xx.x.xx.x"), (Tambourine, "xooxxooxxooxxoox"), (Cowbell, "x..x..xx..x..x..")],
        bass: (Upright, "r--r..5-5--5..r-"), chords: (Nylon, "x.x..x.xx.x..x.x"), second: Some((Brass, "x--x........x.x.")), pad: None, lead: Flute, busy: 0.6, reverb: 0.18, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Arabic, name: "arabic", bpm: (92.0, 112.0), swing: 0.0, beats: 4, major: &[&[0, 0, 1, 0], &[0, 3, 1, 0]], minor: &[&[0, 0, 4, 0], &[0, 0, 5, 4]], voices: 3,
        drums: &[(Dum, "X.......X...o..."), (Tek, "..x...x...o.x.xo"), (Tambourine, "o.o.o.o.o.o.o.oo")],
        bass: (Cello, "r-----r-r---5---"), chords: (Oud, "u..uu.u.u.uuu.u."), second: Some((Strings, "x-----x-x---x-x-")), pad: None, lead: Oboe, busy: 0.75, reverb: 0.24, echo: 0.08, pump: 0.0 },
    Spec { genre: Genre::Indian, name: "indian", bpm: (88.0, 108.0), swing: 0.0, beats: 4, major: &[&[0, 0, 0, 0]], minor: &[&[0, 0, 0, 0]], voices: 3,
        drums: &[(TablaLow, "X.....x...X..x.."), (TablaHigh, "..x.x.xxx.x.x.xx")],
        bass: (Tanpura, "5---8---8---r---"), chords: (Sitar, "u.....u.....u..."), second: Some((Tanpura, "u---u---u---u---")), pad: None, lead: Sitar, busy: 0.75, reverb: 0.3, echo: 0.1, pump: 0.0 },
    Spec { genre: Genre::EastAsian, name: "east asian", bpm: (76.0, 96.0), swing: 0.0, beats: 4, major: &[&[0, 3, 0, 4], &[0, 5, 3, 0]], minor: &[&[0, 6, 5, 0], &[0, 3, 6, 0]], voices: 3,
        drums: &[(Taiko, "X.......o...o..."), (Clave, "........x......."), (Rim, "......o.......oo")],
        bass: (Upright, "r-------5-------"), chords: (Koto, "u..uu...u..uu.uu"), second: None, pad: Some(Strings), lead: Flute, busy: 0.5, reverb: 0.36, echo: 0.1, pump: 0.0 },
    Spec { genre: Genre::March, name: "march", bpm: (112.0, 122.0), swing: 0.0, beats: 4, major: &[&[0, 0, 4, 0], &[0, 3, 4, 0], &[0, 4, 4, 0]], minor: &[&[0, 3, 4, 0]], voices: 3,
        drums: &[(Surdo, "X.......X......."), (Snare, "x...x.xxx...x.oo"), (Cymbal, "........x.......")],
        bass: (Tuba, "r...5...r...5..."), chords: (Brass, "..x...x...x...x."), second: Some((Clarinet, "u.u.u.u.u.u.u.u.")), pad: None, lead: Trumpet, busy: 0.6, reverb: 0.26, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Swing, name: "swing", bpm: (152.0, 188.0), swing: 0.33, beats: 4, major: JAZZ, minor: JAZZ_MINOR, voices: 4,
        drums: &[(Kick, "x...x...x...x..."), (Ride, "x...x.x.x...x.x."), (HatFoot, "....X.......X..."), (Snare, "..............o.")],
        bass: (Upright, "w---w---w---w---"), chords: (Steel, "x...x...x...x..."), second: Some((Brass, "x--...x-....x.x.")), pad: None, lead: Clarinet, busy: 0.65, reverb: 0.2, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Punk, name: "punk", bpm: (164.0, 190.0), swing: 0.0, beats: 4, major: &[&[0, 3, 4, 3], &[0, 4, 5, 3], &[0, 0, 3, 4]], minor: &[&[0, 5, 2, 6], &[0, 3, 5, 6]], voices: 3,
        drums: &[(Kick, "X...x.X.X...x.X."), (Snare, "....X.......X..."), (Open, "x...x...x...x...")],
        bass: (FingerBass, "r.r.r.r.r.r.r.r."), chords: (Dist, "x.x.x.x.x.x.x.x."), second: None, pad: None, lead: DistLead, busy: 0.35, reverb: 0.12, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Baroque, name: "baroque", bpm: (84.0, 104.0), swing: 0.0, beats: 4, major: CLASSIC, minor: &[&[0, 3, 6, 2, 5, 1, 4, 0], &[0, 3, 4, 0]], voices: 3,
        drums: &[],
        bass: (Cello, "r-3-5-3-r-5-3-5-"), chords: (Harpsichord, "uuuuuuuuuuuuuuuu"), second: Some((Strings, "x---x---x---x---")), pad: None, lead: Violin, busy: 0.85, reverb: 0.3, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Polka, name: "polka", bpm: (112.0, 126.0), swing: 0.0, beats: 4, major: &[&[0, 0, 4, 0], &[0, 4, 4, 0], &[0, 3, 4, 0]], minor: &[&[0, 0, 4, 0], &[0, 3, 4, 0]], voices: 3,
        drums: &[(Kick, "X...X...X...X..."), (Snare, "..x...x...x...x."), (HatFoot, "..o...o...o...o.")],
        bass: (Tuba, "r...5...r...5..."), chords: (Accordion, "..x...x...x...x."), second: Some((Clarinet, "u.u.u.u.u.u.u.u.")), pad: None, lead: Accordion, busy: 0.7, reverb: 0.14, echo: 0.0, pump: 0.0 },
    Spec { genre: Genre::Afrobeat, name: "afrobeat", bpm: (104.0, 118.0), swing: 0.0, beats: 4, major: TWO, minor: TWO, voices: 4,
        drums: &[(Kick, "X..X..x...X..x.."), (Conga, "..x.xx.x..x.xxXX"), (Shaker, "xoxoxoxoxoxoxoxo"), (Rim, "x..x..x...x.x...")],
        bass: (FingerBass, "r.r..5.rr.5..8.."), chords: (Steel, "u.uu.u.uu.uu.u.u"), second: Some((Sax, "x--x..x-........")), pad: None, lead: Marimba, busy: 0.6, reverb: 0.14, echo: 0.08, pump: 0.0 },
    Spec { genre: Genre::Reggaeton, name: "reggaeton", bpm: (88.0, 100.0), swing: 0.0, beats: 4, major: POP, minor: POP_MINOR, voices: 3,
        drums: &[(Kick, "X...X...X...X..."), (Snare, "...x..X....x..X."), (Hat, "o.o.o.o.o.o.o.o.")],
        bass: (Sub808, "r--...r-r--...5-"), chords: (Pluck, "x..x..x.x..x..x."), second: Some((Bell, "u...u...d..u....")), pad: Some(Pad), lead: SawLead, busy: 0.4, reverb: 0.2, echo: 0.2, pump: 0.3 },
];
