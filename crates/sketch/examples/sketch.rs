//! Makes one file from a sentence, without a server.
//!
//! `cargo run --release -p ai-now-sketch --example sketch -- "a serene lake" --model pika --style 4
//! \
//! --seed 1 --out lake.mp4`. `--size 640x360` makes it smaller, as do `--shape 9:16 --resolution
//! 360p`; `--silent` omits the sound; `--png` makes a single picture in that style. `--seconds 8`
//! sets the duration. `--image FILE` is an input picture, `--lyrics FILE` the lyrics of a song;
//! `--instrumental` keeps instruments from replacing the voice.

use std::ops::ControlFlow;
use std::process::ExitCode;

use ai_now_protocol::{Catalog, MediaKind};
use ai_now_sketch::{AspectRatio, Request, Resolution, Size, make};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let (mut prompt, mut model, mut style, mut out) = (None, "suno".to_owned(), None, None);
    let (mut seed, mut still) = (1, false);
    let (mut size, mut shape, mut resolution) = (None, None, None);
    let (mut sound, mut instrumental, mut seconds) = (true, false, None);
    let (mut image, mut lyrics) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--model" => model = value()?,
            "--style" => style = Some(value()?),
            "--seed" => seed = value()?.parse().map_err(|_| "--seed is a number")?,
            "--out" => out = Some(value()?),
            "--size" => size = Some(parse(&value()?).ok_or("--size is like 640x360")?),
            "--shape" => shape = Some(value()?.parse().map_err(|_| "--shape is like 9:16")?),
            "--resolution" => {
                resolution = Some(value()?.parse().map_err(|_| "--resolution is like 720p")?);
            }
            "--seconds" => {
                seconds = Some(value()?.parse().map_err(|_| "--seconds is a whole number")?);
            }
            "--image" => image = Some(file(&value()?)?),
            "--lyrics" => {
                lyrics = Some(String::from_utf8(file(&value()?)?).map_err(|e| e.to_string())?);
            }
            "--instrumental" => instrumental = true,
            "--silent" => sound = false,
            "--png" => still = true,
            _ => prompt = Some(argument),
        }
    }
    let prompt = prompt.ok_or("Which sentence? Give it as the first argument.")?;
    let catalog = Catalog::BUILT_IN;
    let mut model = catalog.model(&model).ok_or(format!("There is no model {model}"))?.clone();
    let style = match &style {
        Some(value) => Some(model.style(value).ok_or(format!("No style {value}"))?.clone()),
        None => None,
    };
    if still {
        model.kind = MediaKind::Picture;
    }
    let by_shape = match (shape, resolution) {
        (None, None) => Size::default(),
        (shape, resolution) => Size::of(
            shape.unwrap_or(AspectRatio::default()),
            resolution.unwrap_or(Resolution::default()),
        ),
    };
    let request = Request {
        style: style.as_ref(),
        seed,
        size: size.unwrap_or(by_shape),
        soundtrack: sound,
        duration_secs: seconds,
        image: image.as_deref(),
        lyrics: lyrics.as_deref(),
        instrumental,
        ..Request::new(&model, &prompt)
    };
    let start = std::time::Instant::now();
    let (mut told, mut longest) = (start, std::time::Duration::ZERO);
    let sketch = make(&request, &mut |_| {
        longest = longest.max(told.elapsed());
        told = std::time::Instant::now();
        ControlFlow::Continue(())
    })
    .map_err(|e| e.to_string())?;
    let out = out.unwrap_or_else(|| format!("sketch.{}", sketch.format.extension()));
    std::fs::write(&out, &sketch.bytes).map_err(|e| format!("{out}: {e}"))?;
    let (work, plays) = (start.elapsed().as_secs_f64(), sketch.duration_secs);
    println!("{}\n{out}: {} bytes", sketch.note, sketch.bytes.len());
    if plays > 0.0 {
        println!(
            "{plays:.1} s in {work:.2} s: {:.2} times as fast as it plays; {} ms at most between reports",
            plays / work,
            longest.as_millis()
        );
    }
    Ok(())
}

fn file(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{path}: {e}"))
}

/// `640x360`.
fn parse(size: &str) -> Option<Size> {
    let (width, height) = size.split_once('x')?;
    Some(Size::new(width.parse().ok()?, height.parse().ok()?))
}
