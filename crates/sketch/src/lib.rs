//! The sketch engine: procedural media from a sentence.
//!
//! It analyses a prompt, composes a piece of music or a scene by rules, and encodes it as a real
//! file. A picture or lyrics that come with the prompt are used as far as rules can. No trained
//! model, no network, no asset, no clock: the same request gives the same bytes. It must not know
//! the caller, the price or where the file goes.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use ai_now_protocol::{Catalog, Format};
//! use ai_now_sketch::{Request, make};
//!
//! let catalog = Catalog::BUILT_IN;
//! let model = catalog.model("suno").unwrap();
//! let request = Request::new(model, "A calm piano piece in D minor, 70 bpm, 3 seconds");
//! let sketch = make(&request, &mut |progress| {
//!     // Return `Break` to stop it.
//!     println!("{:3.0} %", progress.fraction * 100.0);
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(sketch.format, Format::Mp3);
//! // The same request gives the same bytes.
//! assert_eq!(sketch.bytes, make(&request, &mut |_| ControlFlow::Continue(()))?.bytes);
//! # Ok::<(), ai_now_sketch::SketchError>(())
//! ```

mod brief;
mod crew;
mod encode;
mod error;
mod film;
mod image;
mod math;
mod music;
mod note;
mod progress;
mod request;
mod rng;
mod scene;
mod size;
mod still;
mod style;
mod synth;

use std::ops::ControlFlow;

use ai_now_protocol::{Format, MediaKind};

use crate::brief::{Brief, Part, Role};
use crate::encode::About;
use crate::film::Film;
use crate::image::Picture;
use crate::music::{Lyrics, Piece};
use crate::progress::Reporter;
use crate::request::held_secs;
use crate::scene::Scene;
use crate::style::Treatment;

pub use error::SketchError;
pub use image::{IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS, IMAGE_MAX_SIDE, ImageError, to_png};
pub use note::{Fact, ImageRole, Meaning, Note};
pub use progress::{Progress, Step};
pub use request::{Request, duration_limits_secs};
pub use size::{AspectRatio, NoSuchSize, Resolution, Size};

/// A finished sketch.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// What was recognised and followed, in English:
    /// `Procedural sketch: pop, 120 bpm, C major, upbeat, summer`.
    pub note: Note,
    /// The duration in seconds; 0 for a picture.
    pub duration_secs: f64,
}

/// Makes a sketch. Music keeps one core busy until it is done, video all of them.
///
/// `report` is called during the work, at least every 100 ms of work; if it returns `Break`, the
/// work stops.
///
/// # Errors
/// [`SketchError`].
pub fn make(
    request: &Request<'_>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Sketch, SketchError> {
    let mut brief = Brief::read(request.prompt, request.seed);
    if let Some(secs) = request.duration_secs {
        brief.duration_secs = Some(held_secs(request.model.kind, secs as f32));
    }
    let mut progress = Reporter::new(report);
    progress.at(0.0, Step::Reading)?;
    match request.model.kind {
        MediaKind::Audio => music(brief, request, &mut progress),
        MediaKind::Video => video(&brief, request, &mut progress),
        MediaKind::Picture => picture(&brief, request, &mut progress),
    }
}

/// The fraction of the work on a piece of music that is done once its cover is made, and once it is
/// rendered and only has to be encoded.
const COVERED: f64 = 0.05;
const PLAYED: f64 = 0.7;

/// The side of a cover, in pixels.
const COVER_SIDE: usize = 360;

fn music(
    mut brief: Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let lyrics = request.lyrics.and_then(Lyrics::read);
    let mood = lyrics.is_some() && brief.take_mood_of(request.lyrics.unwrap_or_default());
    if request.instrumental {
        // A choir counts as voices.
        brief.without_parts.push(Part::Choir);
    }
    let piece = Piece::plan(&brief, lyrics.as_ref(), request.instrumental);
    let note = music_note(&brief, &piece, mood, request.instrumental);
    let score = piece.write();
    let scene = Scene::plan(&brief);
    let cover = still::poster(&scene, treatment(request), (COVER_SIDE, COVER_SIDE))?;
    progress.at(COVERED, Step::Drawing)?;
    let samples = synth::play(&score, &mut |done, step| {
        progress.flow(COVERED + (PLAYED - COVERED) * done, step)
    })?;
    let about = About {
        title: brief.title.clone(),
        note: note.to_string(),
        bpm: Some(piece.bpm as u32),
        genre: Some(piece.genre()),
        key: Some(piece.tag_key()),
        lyrics: request.lyrics.filter(|_| lyrics.is_some()).map(str::to_owned),
    };
    let bytes = encode::mp3::encode(
        &samples,
        &about,
        &cover,
        &mut progress.part(PLAYED, 0.99, Step::Encoding),
    )?;
    progress.at(1.0, Step::Done)?;
    let duration_secs = samples.len() as f64 / 2.0 / f64::from(encode::mp3::SAMPLE_RATE);
    Ok(Sketch { bytes, format: Format::Mp3, note, duration_secs })
}

/// The note: what was chosen, and what else was recognised.
fn music_note(brief: &Brief, piece: &Piece, mood_of_lyrics: bool, instrumental: bool) -> Note {
    let genre = piece.genre();
    let mut facts = vec![Fact::Genre(genre), Fact::TempoBpm(piece.bpm), Fact::Key(piece.key())];
    facts.extend(brief.duration_secs.map(|_| Fact::DurationSecs(piece.secs)));
    // A tempo and a length, requested or chosen, are noted as they are played.
    let told = |said: &&Meaning| {
        said.name != genre && !said.name.ends_with(" bpm") && !said.name.ends_with(" seconds")
    };
    facts.extend(brief.said.iter().filter(told).cloned().map(Fact::Understood));
    facts.extend(piece.song.map(|song| Fact::Lyrics {
        sections: song.stanzas,
        lines: song.lines,
        lines_left_out: song.lines_left_out,
        sung_by_instrument: song.sung,
    }));
    facts.extend(mood_of_lyrics.then_some(Fact::MoodOfLyrics));
    facts.extend(instrumental.then_some(Fact::Instrumental));
    Note { facts }
}

/// The default length of a film, in seconds.
const USUAL_FILM_SECS: f32 = 6.0;

fn video(
    brief: &Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let sound = request.soundtrack && !film::silent(request.prompt);
    let (scene, role) = scene(brief, request, request.size.into(), progress)?;
    let secs = brief.duration_secs.unwrap_or(USUAL_FILM_SECS);
    let secs = held_secs(MediaKind::Video, secs);
    let note = picture_note(brief, request, &scene, role);
    let about = about(brief, &note);
    let film = Film::new(scene, treatment(request), request.size, secs, sound.then_some(brief));
    let movie = film.make(progress)?;
    let bytes = encode::mp4::write(&movie, &about);
    progress.at(1.0, Step::Done)?;
    let duration_secs = film.duration_secs();
    Ok(Sketch { bytes, format: Format::Mp4, note, duration_secs })
}

/// The genres, by the names that prompts and notes use.
pub fn genres() -> impl Iterator<Item = &'static str> {
    music::genre::GENRES.iter().map(|spec| spec.name)
}

/// The time that each stage (scene, style, encoder) takes for one second of a film on one core,
/// measured with a clock that returns seconds. For benchmarks.
///
/// # Errors
/// [`SketchError`].
#[doc(hidden)]
pub fn stages(request: &Request<'_>, clock: &dyn Fn() -> f64) -> Result<[f64; 3], SketchError> {
    let brief = Brief::read(request.prompt, request.seed);
    let mut quiet = |_| ControlFlow::Continue(());
    let mut progress = Reporter::new(&mut quiet);
    let (scene, _) = scene(&brief, request, request.size.into(), &mut progress)?;
    let secs = held_secs(MediaKind::Video, brief.duration_secs.unwrap_or(USUAL_FILM_SECS));
    Film::new(scene, treatment(request), request.size, secs, None).stages(clock)
}

fn picture(
    brief: &Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let (scene, role) = scene(brief, request, request.size.into(), progress)?;
    let note = picture_note(brief, request, &scene, role);
    let about = about(brief, &note);
    let size = (request.size.width(), request.size.height());
    let bytes = still::picture(&scene, treatment(request), size, &about, progress)?;
    progress.at(1.0, Step::Done)?;
    Ok(Sketch { bytes, format: Format::Png, note, duration_secs: 0.0 })
}

/// The scene of a request as a JPEG of this size: a poster, a thumbnail, or the cover of a piece of
/// music. Sides are clamped to 16 to 1920 pixels.
///
/// # Errors
/// [`SketchError`].
pub fn poster(request: &Request<'_>, width: u32, height: u32) -> Result<Vec<u8>, SketchError> {
    let brief = Brief::read(request.prompt, request.seed);
    let side = |wish: u32| wish.clamp(16, 1920) as usize;
    let size = (side(width), side(height));
    let mut quiet = |_| ControlFlow::Continue(());
    let (scene, _) = scene(&brief, request, size, &mut Reporter::new(&mut quiet))?;
    still::poster(&scene, treatment(request), size)
}

/// The progress once an input picture is decoded.
const LOOKED: f64 = 0.04;

/// The scene of the prompt, with the input picture, if there is one, and how that was used.
fn scene(
    brief: &Brief,
    request: &Request<'_>,
    full: (usize, usize),
    progress: &mut Reporter<'_>,
) -> Result<(Scene, Option<ImageRole>), SketchError> {
    let Some(file) = request.image else { return Ok((Scene::plan(brief), None)) };
    let (width, height) = treatment(request).drawn(full);
    let closest = |side: usize| (side as f32 * scene::photo::CLOSEST) as usize;
    let cover = (closest(width), closest(height));
    let picture = Picture::read(file, cover, &mut progress.part(0.0, LOOKED, Step::Looking))?;
    progress.at(LOOKED, Step::Looking)?;
    let role = brief::role(request.prompt, picture.has_holes());
    let told = match role {
        Role::Backdrop => ImageRole::Backdrop,
        Role::Alive => ImageRole::Alive,
        Role::Framed => ImageRole::Framed,
        Role::Subject(_) => ImageRole::Subject,
    };
    Ok((Scene::with_picture(brief, picture, role, height), Some(told)))
}

fn treatment(request: &Request<'_>) -> Treatment {
    Treatment::of(request.style.map_or("", |s| &s.value))
}

fn picture_note(
    brief: &Brief,
    request: &Request<'_>,
    scene: &Scene,
    role: Option<ImageRole>,
) -> Note {
    let mut facts: Vec<Fact> =
        request.style.map(|s| Fact::Style(s.name.to_string())).into_iter().collect();
    facts.extend(scene.describe(brief).into_iter().map(Fact::Understood));
    facts.extend(role.map(Fact::Image));
    Note { facts }
}

fn about(brief: &Brief, note: &Note) -> About {
    About {
        title: brief.title.clone(),
        note: note.to_string(),
        bpm: None,
        genre: None,
        key: None,
        lyrics: None,
    }
}

/// Runs the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
