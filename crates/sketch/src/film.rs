//! Video: a scene is drawn picture by picture, styled, encoded, and stored in a file with its
//! sound.
//!
//! A film is made in groups of one second. Each starts with a key frame, so groups can be made
//! independently: on all cores at once, or in sequence in a browser's worker, with the same bytes.
//! Memory holds the encoded groups and one picture per worker.

use std::ops::ControlFlow;

use crate::brief::Brief;
use crate::crew::{self, Advance};
use crate::encode::mp4::Movie;
use crate::encode::{h264, sound};
use crate::music::Piece;
use crate::progress::{Reporter, Step};
use crate::scene::{Canvas, Scene};
use crate::style::{Kept, Treatment};
use crate::{Size, SketchError, synth};

/// Pictures per second.
pub(crate) const FPS: u32 = 24;

/// Weights for progress: drawing, styling and encoding of one picture. The sound counts like this
/// many pictures per second.
const STEPS_A_FRAME: f64 = 3.0;
const SOUND_STEPS_A_SEC: f64 = 2.0;

/// A film to be made.
pub(crate) struct Film {
    pub(crate) scene: Scene,
    pub(crate) treatment: Treatment,
    pub(crate) size: Size,
    /// The duration, in seconds.
    secs: f32,
    /// The analysed prompt of the soundtrack, if there is one.
    sound: Option<Brief>,
}

/// Buffers that are reused from picture to picture.
struct Desk {
    canvas: Canvas,
    kept: Kept,
    pixels: Vec<[u8; 4]>,
}

/// A part of the film: first the sound, then each group of pictures.
enum Part {
    Sound(sound::Track),
    Pictures(h264::Group),
}

impl Film {
    /// A film of this scene with this duration in seconds. `sound` is the analysed prompt of its
    /// soundtrack, if it has one.
    pub(crate) fn new(
        scene: Scene,
        treatment: Treatment,
        size: Size,
        secs: f32,
        sound: Option<&Brief>,
    ) -> Self {
        let sound = sound.map(|brief| Brief { duration_secs: Some(secs), ..brief.clone() });
        Self { scene, treatment, size, secs, sound }
    }

    fn frames(&self) -> u32 {
        (self.secs * FPS as f32).round() as u32
    }

    /// The duration in seconds, rounded to whole pictures.
    pub(crate) fn duration_secs(&self) -> f64 {
        f64::from(self.frames()) / f64::from(FPS)
    }

    /// Makes the file's contents.
    pub(crate) fn make(&self, progress: &mut Reporter<'_>) -> Result<Movie, SketchError> {
        let groups = self.frames().div_ceil(FPS) as usize;
        let first = usize::from(self.sound.is_some());
        let sound_steps = first as f64 * self.duration_secs() * SOUND_STEPS_A_SEC;
        let steps = f64::from(self.frames()) * STEPS_A_FRAME + sound_steps;
        let mut done = 0.0;
        let started = progress.fraction();
        let parts = crew::all(
            first + groups,
            || self.desk(),
            |index, desk, advance| match (&self.sound, index.checked_sub(first)) {
                (_, Some(group)) => self.group(group as u32, desk, advance).map(Part::Pictures),
                (Some(brief), None) => self.play(brief, sound_steps, advance).map(Part::Sound),
                (None, None) => Err(SketchError::Encoding("there is no such part".into())),
            },
            &mut |much| {
                done += much;
                progress.part(started, 0.99, Step::Drawing)(done / steps)
            },
        )?;
        let mut movie = Movie { size: self.size, fps: FPS, groups: Vec::new(), sound: None };
        for part in parts {
            match part {
                Part::Sound(track) => movie.sound = Some(track),
                Part::Pictures(group) => movie.groups.push(group),
            }
        }
        Ok(movie)
    }

    fn desk(&self) -> Desk {
        let canvas = self.treatment.canvas(self.size.into());
        Desk { canvas, kept: Kept::default(), pixels: Vec::new() }
    }

    /// Draws and encodes one second of pictures.
    fn group(
        &self,
        group: u32,
        desk: &mut Desk,
        advance: Advance<'_>,
    ) -> Result<h264::Group, SketchError> {
        let mut coder = h264::Coder::new(self.size, FPS, self.treatment.qp)?;
        // Styles with fewer pictures per second hold each for longer. A group always starts with a
        // new one, because those rates divide 24.
        let hold = FPS / self.treatment.rate;
        for frame in group * FPS..((group + 1) * FPS).min(self.frames()) {
            if frame % hold == 0 {
                let t = frame as f32 / FPS as f32;
                self.scene.draw(&mut desk.canvas, t, self.secs);
                told(advance(1.0))?;
                let Desk { canvas, kept, pixels } = desk;
                let full = self.size.into();
                told(self.treatment.apply(canvas, full, t, kept, pixels, &mut || advance(0.0)))?;
                coder.show(&desk.pixels);
                told(advance(1.0))?;
            } else {
                told(advance(2.0))?;
            }
            coder.push()?;
            told(advance(1.0))?;
        }
        coder.finish()
    }

    /// The time that each stage (scene, style, encoder) takes for the first second's pictures,
    /// measured with the given clock.
    pub(crate) fn stages(&self, clock: &dyn Fn() -> f64) -> Result<[f64; 3], SketchError> {
        let mut desk = self.desk();
        let mut coder = h264::Coder::new(self.size, FPS, self.treatment.qp)?;
        let mut sums = [0.0; 3];
        for frame in 0..FPS {
            let start = clock();
            let (mut drawn, mut treated) = (start, start);
            if frame % (FPS / self.treatment.rate) == 0 {
                let t = frame as f32 / FPS as f32;
                self.scene.draw(&mut desk.canvas, t, self.secs);
                drawn = clock();
                let Desk { canvas, kept, pixels } = &mut desk;
                let go_on = &mut || ControlFlow::Continue(());
                told(self.treatment.apply(canvas, self.size.into(), t, kept, pixels, go_on))?;
                treated = clock();
                coder.show(&desk.pixels);
            }
            coder.push()?;
            for (sum, took) in
                sums.iter_mut().zip([drawn - start, treated - drawn, clock() - treated])
            {
                *sum += took;
            }
        }
        Ok(sums)
    }

    /// Makes music for the same prompt, as long as the film.
    fn play(
        &self,
        brief: &Brief,
        steps: f64,
        advance: Advance<'_>,
    ) -> Result<sound::Track, SketchError> {
        let score = Piece::plan(brief, None, false).write();
        let mut told = 0.0;
        let mut samples = synth::play(&score, &mut |part, _| {
            let much = (part * 0.6 * steps - told).max(0.0);
            told += much;
            advance(much)
        })?;
        sound::cut(&mut samples, self.duration_secs());
        sound::encode(&samples, &mut |part| {
            let much = ((0.6 + 0.4 * part) * steps - told).max(0.0);
            told += much;
            advance(much)
        })
    }
}

/// Converts the answer of a progress callback to a result.
fn told(flow: ControlFlow<()>) -> Result<(), SketchError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(SketchError::Cancelled),
    }
}

/// Whether the prompt asks for a film without sound.
pub(crate) fn silent(prompt: &str) -> bool {
    /// Phrases of scripts with spaces, in lower case.
    const PHRASES: [&str; 36] = [
        "silent",
        "soundless",
        "mute",
        "muted",
        "no music",
        "no sound",
        "no audio",
        "no soundtrack",
        "without music",
        "without sound",
        "without audio",
        "ohne musik",
        "ohne ton",
        "stumm",
        "sans musique",
        "sans son",
        "muet",
        "muette",
        "sin música",
        "sin musica",
        "sin sonido",
        "mudo",
        "sem música",
        "sem som",
        "senza musica",
        "senza suono",
        "senza audio",
        "muto",
        "بدون موسيقى",
        "بدون صوت",
        "صامت",
        "बिना संगीत",
        "बिना आवाज़",
        "मूक",
        "sin audio",
        "sem áudio",
    ];
    /// Phrases of scripts without spaces.
    const INSIDE: [&str; 9] = [
        "無音",
        "音なし",
        "音楽なし",
        "サイレント",
        "静音",
        "无声",
        "没有声音",
        "没有音乐",
        "无音乐",
    ];
    let lower = prompt.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || ",.;:!?()-–—\"".contains(c)).collect();
    let line = format!(" {} ", words.join(" "));
    PHRASES.iter().any(|p| line.contains(&format!(" {p} ")))
        || INSIDE.iter().any(|p| lower.contains(p))
}

#[cfg(test)]
mod tests {
    use super::silent;

    #[test]
    fn silence_is_understood() {
        for prompt in
            ["A lake, no music", "silent film of a city", "ein See, ohne Ton", "海の動画、無音"]
        {
            assert!(silent(prompt), "{prompt}");
        }
        for prompt in ["commuters", "a lake with music", "permuted letters", "夜の海", ""] {
            assert!(!silent(prompt), "{prompt}");
        }
    }
}
