//! Benchmark of music: every genre at its default length, on one core, including its cover and the
//! MP3 encoder.
//!
//! A ratio of 60 means sixty times faster than real time. Processor time is measured, so other
//! processes don't matter. Each stage is also measured alone. The gap is the longest time between
//! two checks for cancellation, in a piece of the maximum length.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ai_now_protocol::{Catalog, MediaKind, Model};
use ai_now_sketch::{Request, genres, make};

use crate::video::processor_secs;

/// The stages, in the order in which they are reported.
const STAGES: [&str; 6] = ["drawing", "playing", "drumming", "mixing", "mastering", "encoding"];

/// Prints the table. If `wanted` isn't empty, only lines that contain one of its words are
/// measured.
pub(crate) fn run(wanted: &[String]) {
    let catalog = Catalog::BUILT_IN;
    let Some(model) = catalog.models.iter().find(|m| m.kind == MediaKind::Audio) else {
        eprintln!("The catalog has no model for music.");
        return;
    };
    println!("music: times as fast as it plays; the same for {}; longest gap", STAGES.join(", "));
    for genre in genres() {
        let name = format!("music {genre}");
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            // The first run warms up memory and caches.
            let runs = [(); 2].map(|()| piece(model, &format!("{genre}, 30 seconds")));
            let [first, second] = runs;
            let best = if first.work < second.work { first } else { second };
            let ratio = |took: f64| match took {
                // Some genres have no drums.
                ..1e-4 => format!(" {:>6}", "-"),
                _ => format!(" {:6.0}", best.plays / took),
            };
            let stages = STAGES.map(|s| ratio(best.stages[s])).concat();
            let gap = piece(model, &format!("{genre}, 180 seconds")).gap;
            println!("{name:20} {:5.1}x {stages}  {:3.0} ms", best.plays / best.work, gap * 1e3);
        }
    }
}

/// The cost of one piece, in seconds of processor time.
struct Took {
    plays: f64,
    work: f64,
    gap: f64,
    stages: BTreeMap<&'static str, f64>,
}

fn piece(model: &Model, prompt: &str) -> Took {
    let start = processor_secs();
    let (mut told, mut gap) = (start, 0.0_f64);
    let mut stages: BTreeMap<_, _> = STAGES.map(|s| (s, 0.0)).into();
    let made = make(&Request::new(model, prompt), &mut |progress| {
        let now = processor_secs();
        gap = gap.max(now - told);
        if let Some(stage) = stages.get_mut(progress.step.as_str()) {
            *stage += now - told;
        }
        told = now;
        ControlFlow::Continue(())
    });
    let plays = made.map_or(f64::NAN, |sketch| sketch.duration_secs);
    Took { plays, work: processor_secs() - start, gap, stages }
}
