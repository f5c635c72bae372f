//! How fast films are made: in every style, at the gateway's size on all cores and at the page's
//! size on one.
//!
//! A ratio of 2 is twice as fast as the film plays. Beside the time on the clock stands what it
//! would have been if nothing else had run: the time that the processor spent, shared by the cores.
//! The gap is the longest time between two looks at whether the work is cancelled, on one core.

use std::ops::ControlFlow;
use std::time::Instant;

use ai_now_protocol::{Catalog, MediaKind, Model, Style};
use ai_now_sketch::{Request, Size, make};

/// Scenes that ask for different things: water, a city with rain, many animals, open sky.
const PROMPTS: [&str; 4] = [
    "a serene lake at dawn with mountains, 2 seconds",
    "a city street at night in the rain, 2 seconds",
    "horses in a meadow under a stormy sky, 2 seconds",
    "a planet with rings in space, 2 seconds",
];

/// Prints the table; `wanted` are words that a line must have one of, to be measured at all.
pub(crate) fn run(wanted: &[String]) {
    let catalog = Catalog::BUILT_IN;
    println!("video: times as fast as it plays (by the clock, by the processor's time),");
    println!("milliseconds for a picture (scene, style, encoder), KB for a second, longest gap");
    for (size, cores) in [(Size::HD, cores()), (Size::SMALL, 1.0)] {
        for model in catalog.models.iter().filter(|m| m.kind == MediaKind::Video) {
            for style in model.styles.iter() {
                let name = format!("video {} {} {}", size.height(), model.id, style.value);
                if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
                    line(&name, model, style, size, cores);
                }
            }
        }
    }
}

/// Measures one style in all scenes and prints the mean, and the slowest.
fn line(name: &str, model: &Model, style: &Style, size: Size, cores: f64) {
    let mut sum = Took::default();
    let mut slowest = f64::MAX;
    for prompt in PROMPTS {
        let took = film(model, style, prompt, size, cores);
        slowest = slowest.min(took.plays / took.work);
        sum.plays += took.plays;
        sum.clock += took.clock;
        sum.work += took.work;
        sum.bytes += took.bytes;
        sum.scene += took.scene;
        sum.style += took.style;
    }
    let many = PROMPTS.len() as f64;
    let frame = sum.work * cores / sum.plays / 24.0 * 1e3;
    let (drawing, treating) = (sum.scene / many * 1e3, sum.style / many * 1e3);
    println!(
        "{name:36} {:5.2}x {:5.2}x (least {slowest:5.2}x)  {frame:6.1} ms: {drawing:5.1} {treating:5.1} {:5.1}  {:5.0} KB  {:3.0} ms",
        sum.plays / sum.clock,
        sum.plays / sum.work,
        frame - drawing - treating,
        sum.bytes / sum.plays / 1e3,
        gap(model, style, size) * 1e3,
    );
}

/// What making a film took, in seconds and bytes. Scene and style are for one picture, as many as
/// are drawn for a second of film.
#[derive(Default)]
struct Took {
    plays: f64,
    clock: f64,
    work: f64,
    bytes: f64,
    scene: f64,
    style: f64,
}

fn film(model: &Model, style: &Style, prompt: &str, size: Size, cores: f64) -> Took {
    let request =
        Request { style: Some(style), size, soundtrack: false, ..Request::new(model, prompt) };
    let (start, worked) = (Instant::now(), processor_secs());
    let made = make(&request, &mut |_| ControlFlow::Continue(()));
    let Ok(made) = made else { return Took::default() };
    let clock = start.elapsed().as_secs_f64();
    let work = (processor_secs() - worked) / cores;
    let (scene, style) = stages(&request, model);
    Took { plays: made.duration_secs, clock, work, bytes: made.bytes.len() as f64, scene, style }
}

/// The longest time between two reports of one worker, in seconds of the processor's time: this
/// thread is held to one core, where films are made by one worker.
fn gap(model: &Model, style: &Style, size: Size) -> f64 {
    let request = Request { style: Some(style), size, ..Request::new(model, PROMPTS[1]) };
    std::thread::scope(|scope| {
        let alone = scope.spawn(|| {
            let mut core = rustix::thread::CpuSet::new();
            core.set(0);
            rustix::thread::sched_setaffinity(None, &core).ok()?;
            let mut told = processor_secs();
            let mut gap = 0.0_f64;
            make(&request, &mut |_| {
                let now = processor_secs();
                gap = gap.max(now - told);
                told = now;
                ControlFlow::Continue(())
            })
            .ok()?;
            Some(gap)
        });
        alone.join().ok().flatten().unwrap_or(f64::NAN)
    })
}

/// What the scene and the style take of one picture of the same words, in seconds: a still picture
/// tells when it is drawn (0.3) and treated (0.6).
fn stages(request: &Request<'_>, model: &Model) -> (f64, f64) {
    let model = Model { kind: MediaKind::Picture, ..model.clone() };
    let request = Request { model: &model, ..*request };
    let start = processor_secs();
    let (mut drawn, mut treated) = (0.0, 0.0);
    let end = make(&request, &mut |progress| {
        let now = processor_secs() - start;
        if progress.fraction <= 0.3 {
            drawn = now;
        } else if progress.fraction <= 0.6 {
            treated = now;
        }
        // The file itself is of no interest.
        if progress.fraction >= 0.6 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    drop(end);
    (drawn, treated - drawn)
}

fn cores() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64)
}

/// The processor's time that this process has spent, in seconds: other processes don't change it.
fn processor_secs() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
