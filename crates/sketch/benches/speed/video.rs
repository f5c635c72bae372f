//! Benchmark of films: every style, at the gateway's size on all cores and at the page's size on
//! one core.
//!
//! A ratio of 2 means twice as fast as real time. Beside the measured time is the time that it
//! would have taken on an idle machine: the processor time divided by the number of cores. The gap
//! is the longest time between two checks for cancellation, on one core.

use std::ops::ControlFlow;
use std::time::Instant;

use ai_now_protocol::{Catalog, Choice, MediaKind, Model};
use ai_now_sketch::{Request, Size, make, stages};

/// Scenes that exercise different code: water and hills, a city with rain.
const PROMPTS: [&str; 2] = [
    "a serene lake at dawn with mountains, 2 seconds",
    "a city street at night in the rain, 2 seconds",
];

/// Prints the table. If `wanted` isn't empty, only lines that contain one of its words are
/// measured.
pub(crate) fn run(wanted: &[String]) {
    let catalog = Catalog::BUILT_IN;
    println!("video: times as fast as it plays (by the clock, by the processor's time),");
    println!("milliseconds for a picture (scene, style, encoder), KB for a second, longest gap");
    for (size, cores) in [(Size::HD, cores()), (Size::SMALL, 1.0)] {
        for model in catalog.models.iter().filter(|m| m.kind == MediaKind::Video) {
            for style in model.styles() {
                let name = format!("video {} {} {}", size.height(), model.id, style.value);
                if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
                    line(&name, model, style, size, cores);
                }
            }
        }
    }
}

/// Measures one style in all scenes and prints the mean, and the slowest.
fn line(name: &str, model: &Model, style: &Choice, size: Size, cores: f64) {
    let mut sum = Took::default();
    let mut slowest = f64::MAX;
    for prompt in PROMPTS {
        let took = film(model, style, prompt, size, cores);
        slowest = slowest.min(took.plays / took.work);
        sum.plays += took.plays;
        sum.clock += took.clock;
        sum.work += took.work;
        sum.bytes += took.bytes;
        for (sum, stage) in sum.stages.iter_mut().zip(took.stages) {
            *sum += stage;
        }
    }
    let frame = sum.work * cores / sum.plays / 24.0 * 1e3;
    let [drawing, treating, encoding] = sum.stages.map(|s| s / PROMPTS.len() as f64 / 24.0 * 1e3);
    println!(
        "{name:36} {:5.2}x {:5.2}x (least {slowest:5.2}x)  {frame:6.1} ms: {drawing:5.1} {treating:5.1} {encoding:5.1}  {:5.0} KB  {:3.0} ms",
        sum.plays / sum.clock,
        sum.plays / sum.work,
        sum.bytes / sum.plays / 1e3,
        gap(model, style, size) * 1e3,
    );
}

/// The cost of one film, in seconds and bytes, and the stages of one second of it.
#[derive(Default)]
struct Took {
    plays: f64,
    clock: f64,
    work: f64,
    bytes: f64,
    stages: [f64; 3],
}

fn film(model: &Model, style: &Choice, prompt: &str, size: Size, cores: f64) -> Took {
    let request =
        Request { style: Some(style), size, soundtrack: false, ..Request::new(model, prompt) };
    let (start, worked) = (Instant::now(), processor_secs());
    let made = make(&request, &mut |_| ControlFlow::Continue(()));
    let Ok(made) = made else { return Took::default() };
    let clock = start.elapsed().as_secs_f64();
    let work = (processor_secs() - worked) / cores;
    let [scene, style, coder] = stages(&request, &processor_secs).unwrap_or_default();
    Took {
        plays: made.duration_secs,
        clock,
        work,
        bytes: made.bytes.len() as f64,
        stages: [scene, style, coder],
    }
}

/// The longest time between two reports of one worker, in seconds of processor time. The thread is
/// pinned to one core, so films are made by one worker.
fn gap(model: &Model, style: &Choice, size: Size) -> f64 {
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

fn cores() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64)
}

/// The processor time of this process so far, in seconds. Other processes don't change it.
pub(crate) fn processor_secs() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
