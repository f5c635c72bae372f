//! The sketch engine: media from a sentence, by procedure.
//!
//! It reads the words of a prompt, composes a piece of music or a scene from them by rule, and
//! encodes it as a real file. No trained model, no network, no asset, no clock: the same request
//! gives the same bytes. It must not know who asks, what it costs or where the file goes.

mod brief;
mod crew;
mod encode;
mod film;
mod math;
mod music;
mod rng;
mod scene;
mod size;
mod still;
mod style;
mod synth;

use std::fmt;
use std::ops::ControlFlow;

use ai_now_protocol::{Choice, Format, MediaKind, Model};

use crate::brief::Brief;
use crate::encode::About;
use crate::film::Film;
use crate::music::Piece;
use crate::scene::Scene;
use crate::style::Treatment;

pub use size::Size;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The model that is stood in for: its kind decides between music, video and picture.
    pub model: &'a Model,
    /// The style, one of the model's.
    pub style: Option<&'a Choice>,
    /// The words.
    pub prompt: &'a str,
    /// Varies what the words leave open.
    pub seed: u32,
    /// How large a video or a picture is.
    pub size: Size,
    /// Whether a video is heard: music from the same words. Words that ask for silence win.
    pub soundtrack: bool,
}

impl<'a> Request<'a> {
    /// A request for that model and those words, without a style, with seed 0, at the default size,
    /// with sound.
    pub fn new(model: &'a Model, prompt: &'a str) -> Self {
        Self { model, style: None, prompt, seed: 0, size: Size::default(), soundtrack: true }
    }
}

/// How far the work is. Reported by the work itself, not by a clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The part of the whole work that is done, from 0 to 1, never falling.
    pub fraction: f64,
    /// What is being done, in a word or two for people: `mixing`.
    pub step: &'static str,
}

/// A finished sketch.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// What was understood, for people: `Procedural sketch: upbeat, pop, 120 bpm, summer`.
    pub note: String,
    /// How long it plays, in seconds; 0 for a picture.
    pub duration_secs: f64,
}

/// Why there is no sketch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SketchError {
    /// `report` asked to stop.
    Cancelled,
    /// An encoder refused its input; this is a fault of the engine.
    Encoding(String),
}

impl fmt::Display for SketchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("The sketch was cancelled."),
            Self::Encoding(why) => write!(f, "The sketch could not be encoded: {why}"),
        }
    }
}

impl std::error::Error for SketchError {}

/// Makes a sketch. Music keeps one core busy until it is done, video all of them.
///
/// `report` is called as the work goes on, at least every 100 ms of work; when it answers `Break`,
/// the work stops.
///
/// # Errors
/// [`SketchError`].
pub fn make(
    request: &Request<'_>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Sketch, SketchError> {
    let brief = Brief::read(request.prompt, request.seed);
    let mut progress = Reporter { report, fraction: 0.0 };
    progress.at(0.0, "reading")?;
    match request.model.kind {
        MediaKind::Audio => music(&brief, request, &mut progress),
        MediaKind::Video => video(&brief, request, &mut progress),
        MediaKind::Picture => picture(&brief, request, &mut progress),
    }
}

/// Tells of progress, and holds it from falling.
struct Reporter<'a> {
    report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    fraction: f64,
}

impl Reporter<'_> {
    fn at(&mut self, fraction: f64, step: &'static str) -> Result<(), SketchError> {
        self.fraction = fraction.clamp(self.fraction, 1.0);
        match (self.report)(Progress { fraction: self.fraction, step }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(SketchError::Cancelled),
        }
    }

    /// The same, for parts that only want to know whether to go on.
    fn flow(&mut self, fraction: f64, step: &'static str) -> ControlFlow<()> {
        match self.at(fraction, step) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// A report for a part of the work that knows only its own progress.
    fn part<'b>(
        &'b mut self,
        from: f64,
        to: f64,
        step: &'static str,
    ) -> impl FnMut(f64) -> ControlFlow<()> + 'b {
        move |done| self.flow(from + (to - from) * done, step)
    }
}

/// How much of the work on a piece of music is done when it has its cover, and when it is played and
/// only to be encoded.
const COVERED: f64 = 0.05;
const PLAYED: f64 = 0.7;

/// The sides of a cover, in pixels.
const COVER_SIDE: usize = 360;

fn music(
    brief: &Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let piece = Piece::plan(brief);
    let genre = piece.genre();
    let note = note(brief, &piece);
    let score = piece.write();
    let cover = still::poster(brief, treatment(request), (COVER_SIDE, COVER_SIDE))?;
    progress.at(COVERED, "drawing")?;
    let samples = synth::play(&score, &mut |done, what| {
        progress.flow(COVERED + (PLAYED - COVERED) * done, what)
    })?;
    let about = About {
        title: brief.title.clone(),
        note: note.clone(),
        bpm: Some(piece.bpm as u32),
        genre: Some(genre),
        key: Some(piece.tag_key()),
    };
    let bytes = encode::mp3::encode(
        &samples,
        &about,
        &cover,
        &mut progress.part(PLAYED, 0.99, "encoding"),
    )?;
    progress.at(1.0, "done")?;
    let duration_secs = samples.len() as f64 / 2.0 / f64::from(encode::mp3::SAMPLE_RATE);
    Ok(Sketch { bytes, format: Format::Mp3, note, duration_secs })
}

/// What was chosen, and what else was understood.
fn note(brief: &Brief, piece: &Piece) -> String {
    let genre = piece.genre();
    let tempo = format!("{} bpm", piece.bpm);
    // Asked for or chosen, a tempo and a length are told as they are played.
    let told =
        |said: &&String| *said != genre && !said.ends_with(" bpm") && !said.ends_with(" seconds");
    let said: String = brief.said.iter().filter(told).map(|s| format!(", {s}")).collect();
    let secs = brief.duration_secs.map(|_| format!(", {} seconds", piece.secs)).unwrap_or_default();
    format!("Procedural sketch: {genre}, {tempo}, {}{secs}{said}", piece.key())
}

fn video(
    brief: &Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let sound = request.soundtrack && !film::silent(request.prompt);
    let film = Film::plan(brief, treatment(request), request.size, sound);
    let about = about(brief, request.style, &film.scene);
    let movie = film.make(progress)?;
    let bytes = encode::mp4::write(&movie, &about);
    progress.at(1.0, "done")?;
    let duration_secs = film.duration_secs();
    Ok(Sketch { bytes, format: Format::Mp4, note: about.note, duration_secs })
}

/// The kinds of music there are, by the names that prompts and notes use.
pub fn genres() -> impl Iterator<Item = &'static str> {
    music::genre::GENRES.iter().map(|spec| spec.name)
}

/// How long the stages of one second of a film take on one core, by a clock that tells seconds:
/// the scene, the style, the encoder. For benches.
///
/// # Errors
/// [`SketchError::Encoding`].
#[doc(hidden)]
pub fn stages(request: &Request<'_>, clock: &dyn Fn() -> f64) -> Result<[f64; 3], SketchError> {
    let brief = Brief::read(request.prompt, request.seed);
    Film::plan(&brief, treatment(request), request.size, false).stages(clock)
}

fn picture(
    brief: &Brief,
    request: &Request<'_>,
    progress: &mut Reporter<'_>,
) -> Result<Sketch, SketchError> {
    let scene = Scene::plan(brief);
    let about = about(brief, request.style, &scene);
    let size = (request.size.width(), request.size.height());
    let bytes = still::picture(&scene, treatment(request), size, &about, progress)?;
    progress.at(1.0, "done")?;
    Ok(Sketch { bytes, format: Format::Png, note: about.note, duration_secs: 0.0 })
}

/// The scene of a request as a JPEG of that many pixels: a poster, a thumbnail, the cover of a
/// piece of music. Sides are held to 16 to 1920 pixels.
///
/// # Errors
/// [`SketchError::Encoding`].
pub fn poster(request: &Request<'_>, width: u32, height: u32) -> Result<Vec<u8>, SketchError> {
    let brief = Brief::read(request.prompt, request.seed);
    let side = |wish: u32| wish.clamp(16, 1920) as usize;
    still::poster(&brief, treatment(request), (side(width), side(height)))
}

fn treatment(request: &Request<'_>) -> Treatment {
    Treatment::of(request.style.map_or("", |s| &s.value))
}

fn about(brief: &Brief, style: Option<&Choice>, scene: &Scene) -> About {
    let style = style.map(|s| format!("{}, ", s.name)).unwrap_or_default();
    let note = format!("Procedural sketch: {style}{}", scene.describe());
    About { title: brief.title.clone(), note, bpm: None, genre: None, key: None }
}
