//! How fast sketches are made: `cargo bench -p ai-now-sketch`, or with words that filter the lines:
//! `cargo bench -p ai-now-sketch -- "720 pika"`, `-- music`.

#[path = "speed/music.rs"]
mod music;
#[path = "speed/video.rs"]
mod video;

fn main() {
    // Cargo passes `--bench` to every benchmark.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    music::run(&wanted);
    video::run(&wanted);
}
