//! The sketch engine beside programs that only encode or synthesise: seconds of media per second.
//!
//! No other program makes a song or a film from a sentence without a model, so the others have an
//! easier task. The duration of the whole process is measured, from its start to the finished file.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::run::{cargo, output, run, target_dir};
use crate::tools;

/// How often each is measured, in alternation.
const ROUNDS: usize = 5;

/// The duration of the media.
const SONG_SECS: u32 = 60;
const FILM_SECS: u32 = 10;

/// The placeholder of the output file in a command.
const OUT: &str = "OUT";

const OURS: &str = "AI-Now sketch";

const ABOUT: &str = "How many seconds of a finished file come of a second of waiting: a song of 60 seconds as MP3, a \
    film of 10 seconds without sound as MP4 (H.264), each by a process of its own, on all cores. The engine composes, \
    plays and draws, and encodes with encoders of its own. The peers have less to do: FFmpeg encodes a tone \
    (libmp3lame), and its test picture of the same size and rate (libx264); SoX plucks four strings. They say what a \
    part of the work costs elsewhere. Here a ratio above 1 is better. The middle of 5 rounds in turn (least to most).";

/// One program that makes one kind of media.
struct Contender {
    what: &'static str,
    who: &'static str,
    command: Vec<String>,
    plays_secs: u32,
    /// Seconds of media per second, for each round.
    rates: Vec<f64>,
    bytes: u64,
}

/// Runs the benchmark, and returns the text of its section, as Markdown.
///
/// # Errors
/// If something can't be built or run.
pub fn sketch() -> Result<String> {
    tools::programs(&[("ffmpeg", "ffmpeg"), ("sox", "sox")])?;
    tools::sox_mp3()?;
    run(cargo().args(["build", "--release", "--package", "ai-now-sketch", "--example", "sketch"]))?;
    let engine = target_dir().join("release/examples/sketch").display().to_string();
    let folder = target_dir().join("bench-sketch");
    std::fs::create_dir_all(&folder)?;
    let mut contenders = contenders(&engine, &folder)?;
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            contender.make(&folder)?;
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(format!("{ABOUT}\n\n{}\n{}", table(&mut contenders), versions()?))
}

fn contenders(engine: &str, folder: &Path) -> Result<Vec<Contender>> {
    let song = format!("a happy pop song about summer, {SONG_SECS} seconds");
    let film = format!("a city in the rain at night, {FILM_SECS} seconds");
    let our_song = command(engine, &[&song], "--model suno --out OUT");
    let our_film = command(engine, &[&film], "--model luma --silent --out OUT");
    // The other program makes as many pictures of the same size.
    let mut sample = Contender::new("", "", our_film.clone(), FILM_SECS);
    sample.make(folder)?;
    let (size, rate) = picture(&sample.file(folder))?;
    let quiet = "-nostdin -v error -y -f lavfi";
    let tone = format!(
        "{quiet} -i sine=frequency=440:sample_rate=44100:duration={SONG_SECS} -ac 2 -c:a libmp3lame \
         -b:a 192k -f mp3 OUT"
    );
    let strings = format!(
        "-n -r 44100 -c 2 -t mp3 -C 192 OUT synth {SONG_SECS} pluck C3 pluck E3 pluck G3 pluck C4"
    );
    let test_picture = |preset: &str| {
        let words = format!(
            "{quiet} -i testsrc2=size={size}:rate={rate}:duration={FILM_SECS} -pix_fmt yuv420p \
             -c:v libx264 -preset {preset} -f mp4 OUT"
        );
        command("ffmpeg", &[], &words)
    };
    Ok(vec![
        Contender::new("a song", OURS, our_song, SONG_SECS),
        Contender::new("a tone", "FFmpeg", command("ffmpeg", &[], &tone), SONG_SECS),
        Contender::new("four strings", "SoX", command("sox", &[], &strings), SONG_SECS),
        Contender::new("a film", OURS, our_film, FILM_SECS),
        Contender::new(
            "a test picture, `ultrafast`",
            "FFmpeg",
            test_picture("ultrafast"),
            FILM_SECS,
        ),
        Contender::new("a test picture, `medium`", "FFmpeg", test_picture("medium"), FILM_SECS),
    ])
}

/// A program, its arguments separated by spaces, and arguments that may contain spaces.
fn command(program: &str, first: &[&str], words: &str) -> Vec<String> {
    let all = [program].into_iter().chain(first.iter().copied()).chain(words.split(' '));
    all.map(str::to_owned).collect()
}

impl Contender {
    fn new(what: &'static str, who: &'static str, command: Vec<String>, plays_secs: u32) -> Self {
        Self { what, who, command, plays_secs, rates: Vec::new(), bytes: 0 }
    }

    fn file(&self, folder: &Path) -> std::path::PathBuf {
        folder.join(if self.plays_secs == SONG_SECS { "made.mp3" } else { "made.mp4" })
    }

    /// Runs it once, and records the rate.
    fn make(&mut self, folder: &Path) -> Result<()> {
        let file = self.file(folder);
        let out = file.display().to_string();
        let words = self.command[1..].iter().map(|word| if word == OUT { &out } else { word });
        let mut program = Command::new(&self.command[0]);
        program.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let begun = Instant::now();
        let status = program.status().with_context(|| self.command[0].clone())?;
        let took = begun.elapsed().as_secs_f64();
        ensure!(status.success(), "{:?}: {status}", self.command);
        let plays = seconds(&file)?;
        ensure!((plays - f64::from(self.plays_secs)).abs() < 1.5, "{out} plays for {plays} s");
        self.rates.push(plays / took);
        self.bytes = std::fs::metadata(&file)?.len();
        Ok(())
    }
}

fn table(contenders: &mut [Contender]) -> String {
    let mut table =
        "| | Seconds made in a second | File | Ours to it |\n|---|---|---|---|\n".to_owned();
    let mut ours = 0.0;
    for Contender { what, who, rates, bytes, .. } in contenders {
        rates.sort_by(f64::total_cmp);
        let (least, middle, most) = (rates[0], rates[rates.len() / 2], rates[rates.len() - 1]);
        let mut ratio = String::new();
        if *who == OURS {
            ours = middle;
        } else {
            ratio = format!("{:.2}", ours / middle);
        }
        let size = *bytes as f64 / 1e6;
        // Writing to a string can't fail.
        let _ = writeln!(
            table,
            "| {who}: {what} | {middle:.1} ({least:.1} to {most:.1}) | {size:.1} MB | {ratio} |"
        );
    }
    table
}

/// The duration of a file.
fn seconds(file: &Path) -> Result<f64> {
    let said = probe(file, &["-show_entries", "format=duration"])?;
    said.parse().with_context(|| format!("{}: {said}", file.display()))
}

/// The size of a film's pictures, and their rate.
fn picture(file: &Path) -> Result<(String, String)> {
    let wanted = ["-select_streams", "v:0", "-show_entries", "stream=width,height,r_frame_rate"];
    let said = probe(file, &wanted)?;
    // After a stream with side data ffprobe writes one more comma.
    let parts: Vec<&str> = said.trim_end_matches(',').split(',').collect();
    let [width, height, rate] = parts[..] else { anyhow::bail!("{}: {said}", file.display()) };
    Ok((format!("{width}x{height}"), rate.to_owned()))
}

fn probe(file: &Path, wanted: &[&str]) -> Result<String> {
    let mut probe = Command::new("ffprobe");
    probe.args(["-v", "error", "-of", "csv=p=0"]).args(wanted).arg(file);
    let said = output(&mut probe).with_context(|| format!("ffprobe {}", file.display()))?;
    Ok(said.trim().to_owned())
}

fn versions() -> Result<String> {
    let ffmpeg = output(Command::new("ffmpeg").arg("-version")).context("ffmpeg -version")?;
    let sox = output(Command::new("sox").arg("--version")).context("sox --version")?;
    let ffmpeg = ffmpeg.split_whitespace().nth(2).unwrap_or_default().to_owned();
    let sox = sox.split_whitespace().last().unwrap_or_default();
    Ok(format!("FFmpeg {ffmpeg}; SoX {sox}."))
}
