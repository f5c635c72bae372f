//! How long a model usually takes, in words: by what it took on this device, else by the catalog.

use leptos::prelude::*;

use crate::duration_estimate::{RUNS, took_secs, usual_secs};
use crate::generation::{Generation, Phase};
use crate::state::connection::Connection;
use crate::state::generations::Generations;
use crate::texts::use_texts;

/// How long a model usually takes; `None` where nobody knows. To be called where signals are read.
pub(crate) fn duration_estimate(model: &str) -> Option<String> {
    let texts = use_texts();
    let connection = expect_context::<Connection>();
    let generations = expect_context::<Generations>();
    let took = |generation: &Generation| match generation.phase {
        Phase::Completed { .. } if generation.request.model == model => {
            took_secs(generation.created_at_ms, generation.finished_at_ms)
        }
        _ => None,
    };
    let runs = generations.all.with(|all| {
        let took = all.iter().filter_map(|job| job.0.with_untracked(took));
        took.take(RUNS).collect::<Vec<_>>()
    });
    if let Some(secs) = usual_secs(&runs) {
        return Some(texts.secs(secs, secs));
    }
    let expected = connection
        .catalog
        .with(|catalog| catalog.model(model).and_then(|model| model.expected_secs));
    expected.map(|secs| texts.secs(secs.min, secs.max))
}
