//! The thumbnails of the page: one scene in every style, and a picture for every model, as the
//! engine makes them.
//!
//! `thumbnails WWW` writes `WWW/styles/<model>-<value>.jpg` and `WWW/models/<model>.jpg`;
//! `thumbnails WWW --check` lists those that differ from what the engine makes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ai_now_protocol::{Catalog, MediaKind, Model};
use ai_now_sketch::{Request, SketchError, poster};

/// The scene that every thumbnail shows, so that only the style differs.
const SCENE: &str = "a lighthouse and a sailing boat on a lake, mountains, a house, summer day";
const SCENE_SEED: u32 = 7;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("Where to? Give the folder.");
        return ExitCode::FAILURE;
    };
    let check = arguments.next().is_some_and(|a| a == "--check");
    match run(&folder, check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, check: bool) -> Result<(), String> {
    let files = thumbnails().map_err(|e| e.to_string())?;
    let count = files.len();
    for (name, bytes) in files {
        let path = folder.join(name);
        if check {
            if std::fs::read(&path).ok().as_deref() != Some(&bytes) {
                let path = path.display();
                return Err(format!("{path} is out of date. Run `cargo xtask thumbnails`."));
            }
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
        std::fs::write(&path, &bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("{} {} bytes", path.display(), bytes.len());
    }
    println!("{count} thumbnails");
    Ok(())
}

/// File names relative to the folder, and their contents.
fn thumbnails() -> Result<Vec<(String, Vec<u8>)>, SketchError> {
    let mut files = Vec::new();
    for model in Catalog::BUILT_IN.models.iter() {
        let (prompt, seed) = showing(model);
        let request = Request { seed, ..Request::new(model, prompt) };
        files.push((format!("models/{}.jpg", model.id), poster(&request, 320, 180)?));
        for style in model.styles() {
            let request =
                Request { style: Some(style), seed: SCENE_SEED, ..Request::new(model, SCENE) };
            let name = format!("styles/{}-{}.jpg", model.id, style.value);
            files.push((name, poster(&request, 192, 108)?));
        }
    }
    Ok(files)
}

/// The scene (prompt and seed) that represents a model.
fn showing(model: &Model) -> (&'static str, u32) {
    match (&model.kind, &*model.id) {
        (MediaKind::Audio, _) => ("dancers and lanterns under palm trees by the sea at night", 3),
        (_, "luma") => ("hot air balloons over mountains at sunrise", 4),
        (_, "pika") => ("a whale under the stars, aurora", 2),
        _ => ("a city at night in the rain, fireworks", 5),
    }
}
